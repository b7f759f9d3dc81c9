import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import fixture from '../test/golden/python.json';
import { arrays, bytesOf, type Dtype } from './dtype';
import { decodeSafetensors, encodeSafetensors, type TensorEntry } from './index';

const dtypes = Object.keys(arrays) as Dtype[];
const python = readFileSync(new URL('../test/golden/python.safetensors', import.meta.url));

/** A tensor of any dtype, whose bytes are arbitrary. */
const tensor: fc.Arbitrary<TensorEntry> = fc
  .tuple(fc.constantFrom(...dtypes), fc.array(fc.nat(4), { maxLength: 4 }))
  .map(([dtype, shape]): [Dtype, number[]] => [dtype, /^F[46]/.test(dtype) ? [...shape, 4] : shape]) // whole bytes
  .chain(([dtype, shape]) => {
    const elements = shape.reduce((product, size) => product * size, 1);
    const length = bytesOf(dtype, elements);
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map(bytes => ({ dtype, shape, data: new arrays[dtype](bytes.slice().buffer) }));
  });
const key = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: 'grapheme' }).filter(name => name !== '__metadata__') },
  fc.constantFrom('__proto__', 'constructor', 'toString', '0', '7', '', 'a/../b'),
);
const tensors = fc.dictionary(key, tensor, { maxKeys: 6 });
const metadata = fc.dictionary(key, fc.string({ unit: 'grapheme' }), { maxKeys: 3 });

/** Dtypes, shapes and bytes by name: floats compare by their bits then, so that NaNs do not matter. */
function plain(entries: Readonly<Record<string, TensorEntry>>) {
  return new Map(
    Object.entries(entries).map(([name, { dtype, shape, data }]) => [
      name,
      {
        dtype,
        shape: [...shape],
        bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
      },
    ]),
  );
}

/** A file with this header, written by hand. */
function file(header: unknown, dataLength = 0): Uint8Array {
  const json = typeof header === 'string' ? header : JSON.stringify(header);
  const text = new TextEncoder().encode(json);
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

it('reads what the Python package wrote, every dtype', () => {
  const { tensors, metadata } = decodeSafetensors(python);
  expect({ ...metadata }).toEqual(fixture.metadata);
  expect(Object.keys(tensors).sort()).toEqual(Object.keys(fixture.tensors).sort());
  for (const [name, { shape, values }] of Object.entries(fixture.tensors)) {
    const { dtype, shape: found, data } = tensors[name]!;
    if (dtypes.includes(name as Dtype)) expect(dtype).toBe(name);
    expect(found, name).toEqual(shape);
    const read = Array.from<number | bigint, unknown>(data, value =>
      typeof value === 'bigint' ? `${value}` : dtype === 'BOOL' ? value === 1 : value,
    );
    expect(read, name).toEqual(values);
  }
});

it('writes the format byte for byte', () => {
  // By hand, after the format's description.
  const json =
    '{"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"U8","shape":[],"data_offsets":[4,5]}}';
  const padded = json.padEnd(Math.ceil(json.length / 8) * 8);
  const expected = [padded.length, 0, 0, 0, 0, 0, 0, 0, ...Buffer.from(padded), 0, 0, 0xc0, 0x3f, 9];
  const written = encodeSafetensors(
    {
      a: { dtype: 'U8', shape: [], data: Uint8Array.of(9) },
      b: { dtype: 'F32', shape: [1], data: Float32Array.of(1.5) },
    },
    { k: 'v' },
  );
  expect([...written]).toEqual(expected);
});

it('gives back what was written, at any place in memory', () => {
  fc.assert(
    fc.property(tensors, metadata, fc.nat(9), fc.boolean(), (tensors, metadata, offset, asBuffer) => {
      const written = encodeSafetensors(tensors, metadata);
      const memory = new Uint8Array(offset + written.length + 5).fill(0xaa);
      memory.set(written, offset);
      const view = asBuffer
        ? Buffer.from(memory.buffer, offset, written.length)
        : memory.subarray(offset, offset + written.length);
      const read = decodeSafetensors(view);
      expect(plain(read.tensors)).toEqual(plain(tensors));
      expect(new Map(Object.entries(read.metadata))).toEqual(new Map(Object.entries(metadata)));
    }),
  );
});

it('writes the same bytes whatever the order', () => {
  const reversed = <T>(record: Record<string, T>) => Object.fromEntries(Object.entries(record).reverse());
  fc.assert(
    fc.property(tensors, metadata, (tensors, metadata) => {
      const [a, b] = [
        encodeSafetensors(tensors, metadata),
        encodeSafetensors(reversed(tensors), reversed(metadata)),
      ];
      expect(Buffer.compare(a, b)).toBe(0);
    }),
  );
});

it('views aligned data in place', () => {
  const written = encodeSafetensors({
    odd: { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) },
    wide: { dtype: 'F64', shape: [1], data: Float64Array.of(4) },
    half: { dtype: 'F16', shape: [1], data: Uint16Array.of(5) },
  });
  for (const { data } of Object.values(decodeSafetensors(written).tensors)) {
    expect(data.buffer).toBe(written.buffer);
  }
});

it('takes metadata of any length', () => {
  const text = '"\\'.repeat(5_000_000);
  expect(decodeSafetensors(encodeSafetensors({}, { text })).metadata.text === text).toBe(true);
});

it('says what is wrong with metadata to be written, which no reader would take', () => {
  expect(() => encodeSafetensors({}, { epochs: 30 } as never)).toThrow(
    'safetensors: metadata "epochs": expected a string, found 30',
  );
});

it('takes arrays of another realm, as those of a frame or of a test under Jest are', () => {
  const context = createContext();
  const data = runInContext('Float32Array.of(1, 2)', context) as Float32Array<ArrayBuffer>;
  expect(data).not.toBeInstanceOf(Float32Array);
  const written = encodeSafetensors({ w: { dtype: 'F32', shape: [2], data } });
  context.written = written;
  const bytes = runInContext('Uint8Array.from(written)', context) as Uint8Array;
  expect([...decodeSafetensors(bytes).tensors.w!.data]).toEqual([1, 2]);
});

it('carries numbers along that JavaScript has no arrays for', () => {
  // Of the format's own sizes: 8, 6, 4 and 64 bits.
  const header = {
    bytes: { dtype: 'F8_E4M3', shape: [3], data_offsets: [0, 3] },
    complex: { dtype: 'C64', shape: [1, 2], data_offsets: [3, 19] },
    nibbles: { dtype: 'F4', shape: [2, 3], data_offsets: [19, 22] },
    six: { dtype: 'F6_E2M3', shape: [4], data_offsets: [22, 25] },
  };
  const written = file(header, 25).map((byte, at, { length }) => (at < length - 25 ? byte : at % 251));
  const { tensors } = decodeSafetensors(written);
  const lengths = Object.entries(tensors).map(([name, { data }]) => [name, data.length]);
  expect(Object.fromEntries(lengths)).toEqual({ bytes: 3, complex: 4, nibbles: 3, six: 3 });
  expect(tensors.complex!.data).toBeInstanceOf(Float32Array);
  expect(plain(decodeSafetensors(encodeSafetensors(tensors)).tensors)).toEqual(plain(tensors));
  header.nibbles.shape = [5];
  expect(() => decodeSafetensors(file(header, 25))).toThrow('expected 2.5 bytes for F4 [5], found 3');
});

it('treats hostile names as names', () => {
  const one: TensorEntry = { dtype: 'U8', shape: [1], data: Uint8Array.of(1) };
  const written = encodeSafetensors({ ['__proto__']: one, constructor: one }, { ['__proto__']: 'text' });
  const { tensors, metadata } = decodeSafetensors(written);
  expect(Object.keys(tensors)).toEqual(['__proto__', 'constructor']);
  expect(Object.keys(metadata)).toEqual(['__proto__']);
  expect(Object.getPrototypeOf(tensors)).toBeNull();
  expect(Object.getPrototypeOf(metadata)).toBeNull();
});

describe('says what is wrong with a file', () => {
  const u8 = (start: number, end: number) => ({
    dtype: 'U8',
    shape: [end - start],
    data_offsets: [start, end],
  });
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  it.each([
    ['nothing', new Uint8Array(0), 'expected at least 8 bytes, found 0'],
    [
      'a header beyond the file',
      Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 123, 125),
      'at most 2 bytes in a file of 10, found a length of 9',
    ],
    [
      'an enormous header',
      new Uint8Array(16).fill(255),
      'at most 8 bytes in a file of 16, found a length of 18446744073709551615',
    ],
    ['no JSON', file('{"a":'), 'header at byte 8: expected JSON'],
    [
      'no UTF-8',
      Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff),
      'header at byte 8: expected JSON in UTF-8',
    ],
    ['an array', file([]), 'expected "{", found "["'],
    ['space before the header', file(' {}'), 'expected "{", found " "'],
    ['a byte order mark', file('\ufeff{}'), 'header at byte 8: expected JSON'],
    [
      'a repeated tensor',
      file(
        '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
      ),
      'expected each key once, found "a" twice',
    ],
    [
      'a repeated key of the metadata',
      file('{"__metadata__":{"a\\\\":"x","b":"\\"a\\\\\\":","a\\\\" \n: ""}}'),
      'expected each key once, found "a\\\\" twice',
    ],
    [
      'a repeated field',
      file('{"a":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}}'),
      'expected each key once, found "dtype" twice',
    ],
    ['a tensor that is none', file({ a: 1 }), 'tensor "a": expected an object, found 1'],
    [
      'an unknown dtype',
      file({ a: { ...u8(0, 0), dtype: 'toString' } }),
      'tensor "a": expected a dtype of F64,C64,F32,',
    ],
    ['no shape', file({ a: { ...u8(0, 0), shape: 3 } }), 'tensor "a": expected a shape, found 3'],
    [
      'a negative size',
      file({ a: { ...u8(0, 0), shape: [-1] } }),
      'expected sizes to be integers from 0, found [-1]',
    ],
    [
      'half a size',
      file({ a: { ...u8(0, 0), shape: [0.5] } }),
      'expected sizes to be integers from 0, found [0.5]',
    ],
    [
      'an inexact product',
      file({ a: { ...u8(0, 0), shape: [2 ** 52, 2 ** 52, 0] } }),
      'expected a shape of less than 2^53 elements',
    ],
    [
      'a nested shape',
      file(`{"a":{"dtype":"U8","shape":${deep},"data_offsets":[0,0]}}`),
      'header at byte 8: expected nesting of at most 3 levels, found more',
    ],
    [
      'offsets beyond the file',
      file({ a: u8(0, 4) }, 3),
      'expected data_offsets [start, end] within 0 and 3, found [0, 4]',
    ],
    ['offsets that go back', file({ a: { ...u8(0, 0), data_offsets: [2, 1] } }, 3), 'found [2, 1]'],
    ['too few offsets', file({ a: { ...u8(0, 0), data_offsets: [0] } }), 'found [0]'],
    [
      'a shape of other length',
      file({ a: { ...u8(0, 3), shape: [2] } }, 3),
      'expected 2 bytes for U8 [2], found 3',
    ],
    [
      'a gap',
      file({ a: u8(0, 1), b: u8(2, 3) }, 3),
      'tensor "b": expected its data to start at 1, where that before it ends, found 2',
    ],
    ['an overlap', file({ a: u8(0, 2), b: u8(1, 3) }, 3), 'tensor "b": expected its data to start at 2'],
    ['bytes left over', file({ a: u8(0, 1) }, 3), 'expected 1 bytes of data after the header, found 3'],
    ['metadata of numbers', file({ __metadata__: { a: 1 } }), 'metadata "a": expected a string, found 1'],
    ['metadata that is a list', file({ __metadata__: [] }), '__metadata__: expected an object, found []'],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes)).toThrow(message);
  });
});

it('says what is wrong with a tensor to be written', () => {
  const data = Float32Array.of(1, 2);
  const write = (name: string, entry: TensorEntry) => () => encodeSafetensors({ [name]: entry });
  expect(write('w', { dtype: 'F32', shape: [3], data })).toThrow(
    'tensor "w": expected 12 bytes for F32 [3], found 8',
  );
  expect(write('w', { dtype: 'I32', shape: [2], data })).toThrow(
    'tensor "w": expected Int32Array for I32, found Float32Array',
  );
  expect(write('w', { dtype: 'F33', shape: [2], data } as never)).toThrow(
    'tensor "w": expected a dtype of F64,',
  );
  expect(write('w', { dtype: 'F32', shape: [2], data: [1, 2] } as never)).toThrow(
    'Float32Array for F32, found [1, 2]',
  );
  expect(write('w', { dtype: 'F4', shape: [3], data: Uint8Array.of(1, 2) })).toThrow(
    'tensor "w": expected 1.5 bytes for F4 [3], found 2',
  );
  expect(write('__metadata__', { dtype: 'F32', shape: [2], data })).toThrow('reserved');
});

it('reads a damaged file as what it says now, or refuses it', () => {
  const whole = new Uint8Array(python);
  const mutation = fc.oneof(
    fc
      .record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) })
      .map(({ at, byte }) => whole.with(at, byte)),
    fc.nat(whole.length - 1).map(length => whole.slice(0, length)),
    fc
      .tuple(fc.nat(whole.length - 1), fc.uint8Array({ minLength: 1, maxLength: 20 }))
      .map(([at, more]) => Uint8Array.of(...whole.subarray(0, at), ...more, ...whole.subarray(at))),
  );
  fc.assert(
    fc.property(mutation, bytes => {
      let read: ReturnType<typeof decodeSafetensors>;
      try {
        read = decodeSafetensors(bytes);
      } catch (error) {
        expect((error as Error).message).toMatch(/^safetensors: /);
        return;
      }
      // What was understood can be written, and is understood the same way again.
      const again = decodeSafetensors(encodeSafetensors(read.tensors, read.metadata));
      expect(plain(again.tensors)).toEqual(plain(read.tensors));
    }),
    { numRuns: 2000 },
  );
});
