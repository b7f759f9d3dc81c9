import fc from 'fast-check';

/** A change of a file that leaves most of it as it was. */
type Edit = (bytes: Uint8Array) => Uint8Array;

const join = (...parts: readonly (Uint8Array | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap(part => [...part]));

/** Where formats have their limits. */
const edges = [0, 1, 2, 7, 8, 9, 127, 128, 255, 256, 32767, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** Headers stand at the beginning, where most changes matter. */
const place = fc.oneof(fc.nat(63), fc.nat(2 ** 16));
const few = fc.integer({ min: 1, max: 16 });

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(place, fc.nat(7)).map(([at, bit]) => (bytes: Uint8Array) => {
    const changed = Uint8Array.from(bytes);
    if (bytes.length > 0) changed[at % bytes.length]! ^= 1 << bit;
    return changed;
  }),
  fc
    .tuple(place, fc.constantFrom(...edges), fc.constantFrom(1, 2, 4), fc.boolean())
    .map(([at, value, width, isLittleEndian]) => (bytes: Uint8Array) => {
      const changed = Uint8Array.from(bytes);
      for (let i = 0; i < width; i++) {
        const shift = isLittleEndian ? i : width - 1 - i;
        const index = (at % Math.max(1, bytes.length)) + i;
        if (index < bytes.length) changed[index] = Math.floor(value / 256 ** shift);
      }
      return changed;
    }),
  place.map(at => (bytes: Uint8Array) => bytes.subarray(0, at % (bytes.length + 1))),
  fc.tuple(place, few).map(([at, length]) => (bytes: Uint8Array) => {
    const start = at % (bytes.length + 1);
    return join(bytes.subarray(0, start), bytes.subarray(start + length));
  }),
  fc.tuple(place, few, few).map(([at, length, copies]) => (bytes: Uint8Array) => {
    const start = at % (bytes.length + 1);
    const copied = Array.from({ length: copies }, () => bytes.subarray(start, start + length));
    return join(bytes.subarray(0, start), ...copied, bytes.subarray(start));
  }),
  fc.tuple(place, fc.uint8Array({ maxLength: 16 })).map(([at, more]) => (bytes: Uint8Array) => {
    const start = at % (bytes.length + 1);
    return join(bytes.subarray(0, start), more, bytes.subarray(start));
  }),
);

/** Valid files with a few changes, and now and then some bytes without a plan. */
export function mutatedBytes(corpus: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const edits = fc.array(edit, { minLength: 0, maxLength: 3, size: 'max' });
  return fc.oneof(
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }) },
    {
      weight: 19,
      arbitrary: fc
        .tuple(fc.constantFrom(...corpus), edits)
        .map(([file, changes]) => changes.reduce((bytes, change) => change(bytes), file)),
    },
  );
}
