import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elementBytes, encodeIdx } from '../../test/idx-encoder';
import { DataError } from '../data-error';
import { type IdxArray, parseIdx } from './idx';

const types = [
  { code: 8, array: Uint8Array, element: fc.integer({ min: 0, max: 255 }) },
  { code: 9, array: Int8Array, element: fc.integer({ min: -128, max: 127 }) },
  { code: 11, array: Int16Array, element: fc.integer({ min: -32768, max: 32767 }) },
  { code: 12, array: Int32Array, element: fc.integer() },
  { code: 13, array: Float32Array, element: fc.float() },
  { code: 14, array: Float64Array, element: fc.double() },
];

const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 });

/** A file of any type and shape with what it holds. */
const files = fc.constantFrom(...types).chain(({ code, array, element }) =>
  shapes.chain(shape => {
    const length = shape.reduce((product, size) => product * size, 1);
    return fc
      .array(element, { minLength: length, maxLength: length })
      .map(elements => ({ bytes: encodeIdx(code, shape, elements), shape, elements: array.from(elements) }));
  }),
);

/** The bytes of MNIST's own kind of file: two images of 2x3 pixels. */
const small = encodeIdx(8, [2, 2, 3], [0, 1, 2, 3, 4, 5, 250, 251, 252, 253, 254, 255]);

function errorOf(bytes: Uint8Array): string {
  try {
    parseIdx(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    return (error as Error).message;
  }
  return 'no error';
}

describe('parseIdx', () => {
  test('reads back every type and shape', () => {
    fc.assert(
      fc.property(files, ({ bytes, shape, elements }) => {
        expect(parseIdx(bytes)).toStrictEqual({ data: elements, shape });
      }),
    );
  });

  test('reads a file that lies inside a larger buffer, and an ArrayBuffer', () => {
    const larger = new Uint8Array(small.length + 7).fill(9);
    larger.set(small, 3);
    const expected = parseIdx(small);
    expect(parseIdx(larger.subarray(3, 3 + small.length))).toEqual(expected);
    expect(parseIdx(small.slice().buffer)).toEqual(expected);
  });

  test('does not copy bytes', () => {
    expect(parseIdx(small).data.buffer).toBe(small.buffer);
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
    [
      'no bytes',
      () => new Uint8Array(),
      'expected the 4 bytes of an IDX magic number, found the end of the file (at byte 0)',
    ],
    ['half a magic number', b => b.subarray(0, 3), 'found the end of the file (at byte 3)'],
    ['a page', () => new TextEncoder().encode('<html>'), 'expected two zero bytes, found 3c 68 (at byte 0)'],
    [
      'gzip',
      () => Uint8Array.of(0x1f, 0x8b, 8, 0),
      'found 1f 8b, the start of a gzip file: gunzip it first (at byte 0)',
    ],
    [
      'another type',
      b => b.with(2, 10),
      'expected an element type (08, 09, 0b, 0c, 0d or 0e), found 0a (at byte 2)',
    ],
    ['no dimensions', b => b.with(3, 0), 'expected at least 1 dimension, found 0 (at byte 3)'],
    [
      'half a header',
      b => b.subarray(0, 14),
      'expected the sizes of 3 dimensions, which end at byte 16, found the end of the file (at byte 14)',
    ],
    [
      'a byte too few',
      b => b.subarray(0, -1),
      'expected 12 bytes of elements for shape [2,2,3], found 11 (at byte 16)',
    ],
    [
      'a byte too many',
      b => Uint8Array.of(...b, 0),
      'expected 12 bytes of elements for shape [2,2,3], found 13 (at byte 16)',
    ],
    [
      'another width',
      b => b.with(2, 14),
      'expected 96 bytes of elements for shape [2,2,3], found 12 (at byte 16)',
    ],
    // 2^32 x 2^32 = 2^64, which is 0 in 64-bit arithmetic.
    [
      'overflowing sizes',
      () => encodeIdx(8, [2 ** 31, 2 ** 31, 4], []),
      'expected 18446744073709551616 bytes of elements for shape [2147483648,2147483648,4], found 0 (at byte 16)',
    ],
  ])('says what is wrong with %s', (_, damage, message) => {
    expect(errorOf(damage(small))).toContain(message);
  });

  test.each([undefined, null, 'bytes', [0, 0, 8, 1]])('refuses %j, which is no file', value => {
    expect(() => parseIdx(value as never)).toThrow(DataError);
    expect(() => parseIdx(value as never)).toThrow('parseIdx: expected the bytes of a file, found ');
  });

  test('says how large 255 huge dimensions would be', () => {
    const message = errorOf(encodeIdx(14, Array(255).fill(0xffffffff), []));
    expect(message).toContain(`expected ${0xffffffffn ** 255n * 8n} bytes`);
  });

  test('gives an exact result or a clear error for any change of the header', () => {
    fc.assert(
      fc.property(files, fc.nat({ max: 15 }), fc.integer({ min: 0, max: 255 }), ({ bytes }, at, value) => {
        expectExactOrError(bytes.length > at ? bytes.with(at, value) : bytes);
      }),
      { numRuns: 2000 },
    );
  });

  test('gives an exact result or a clear error for any bytes', () => {
    const header = fc.tuple(
      fc.constant(0),
      fc.constant(0),
      fc.constantFrom(8, 9, 11, 12, 13, 14),
      fc.nat({ max: 5 }),
    );
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 40 }), (start, rest) => {
        expectExactOrError(Uint8Array.of(...start, ...rest));
      }),
      { numRuns: 2000 },
    );
  });
});

/** A file that is accepted is exactly what the independent encoder writes for its contents. */
function expectExactOrError(bytes: Uint8Array): void {
  let read: IdxArray;
  try {
    read = parseIdx(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    expect((error as Error).message).toMatch(/expected .* found .* \(at byte \d+\)$/);
    return;
  }
  const { data, shape } = read;
  const code = types.find(({ array }) => data instanceof array)!.code;
  expect(data.BYTES_PER_ELEMENT).toBe(elementBytes[code]);
  const again = encodeIdx(code, shape, data);
  // NaN has many bit patterns, of which reading keeps only that it is NaN.
  if (data.every(element => !Number.isNaN(element))) expect(again).toEqual(Uint8Array.from(bytes));
}
