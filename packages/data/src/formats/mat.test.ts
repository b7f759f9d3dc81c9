import { expect, test } from 'vitest';
import { parseAffnist } from './affnist';
import { parseMat } from './mat';

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), char => char.charCodeAt(0));

/** `scipy.io.savemat(f, { 'x': float32 [[1, 2, 3], [4, 5, 6]], 'y': [-1.5], 's': { 'z': uint16 [300] }, 'text': 'hello' })`, SciPy 1.16. */
const mixed = bytesOf(
  'TUFUTEFCIDUuMCBNQVQtZmlsZSBQbGF0Zm9ybTogcG9zaXgsIENyZWF0ZWQgb246IE1vbiBOb3YgMzAgMTk6MTA6MzcgMjAyNgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABSU0OAAAASAAAAAYAAAAIAAAABwAAAAAAAAAFAAAACAAAAAIAAAADAAAAAQABAHgAAAAHAAAAGAAAAAAAgD8AAIBAAAAAQAAAoEAAAEBAAADAQA4AAAA4AAAABgAAAAgAAAAGAAAAAAAAAAUAAAAIAAAAAQAAAAEAAAABAAEAeQAAAAkAAAAIAAAAAAAAAAAA+L8OAAAAcAAAAAYAAAAIAAAAAgAAAAAAAAAFAAAACAAAAAEAAAABAAAAAQABAHMAAAAFAAQAAgAAAAEAAgB6AAAADgAAADAAAAAGAAAACAAAAAsAAAAAAAAABQAAAAgAAAABAAAAAQAAAAEAAAAAAAAABAACACwBAAAOAAAAOAAAAAYAAAAIAAAABAAAAAAAAAAFAAAACAAAAAEAAAAFAAAAAQAEAHRleHQQAAAABQAAAGhlbGxvAAAA',
);

/** The same of affNIST's form, three images, compressed: pixel i of image n is (7i + 50n) mod 256 where 97 divides i, else 0. */
const digits = bytesOf(
  'TUFUTEFCIDUuMCBNQVQtZmlsZSBQbGF0Zm9ybTogcG9zaXgsIENyZWF0ZWQgb246IE1vbiBOb3YgMzAgMTk6MTA6MzUgMjAyNgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABSU0PAAAAggEAAHic42NgYJAQY2BgA9IcQMzEAAGsUD4jEuYG4sS0ND/P4JCUxJJEqDoWBn6ovDdEPjMvlQEGMkpzE/PgPIbM3MR0hCRDTmJSak58fl5qfH5afB6Um5lXglDBwAfEBxgQ7mNDcx+Izwy1HwQ4gXgCXPcHewayAPX1gfyhwYjwB8y9yOHMhCQOUl/BQFy8QMRZoPqZGBKh+i0YcIcbun5OqDgE/LAfWPsZHED6Pwgh9HOi6XdgQ413kN0HhBhoD5bT2gI/WlvwldYWzKG1Bc60tuAVrS2YSGsLLGhtwX1aW9BGawt0aW3BFVpbUE1rC5RobcFJWltQQKJ6I5q4AgncpLUFDbS2QJ3WFpyjtQWltLZAhtYWHKa1BVm0tkCQ1hbsoLUF8bS2gI2wEsrAWlpbEEJrC37T2oJFJKpPoYkrkAA3rS3YRGsLImltAc3BaB+QIBjtAxIEo31AgmDk9QFB414BDLjHvbgYMMe95JD4uJggcw3wmMuIYS4zAztQFQAhwDtO',
);

/** Of the other byte order, as the definition has it: tags, sizes and numbers, a matrix [1, 2] of 16 bits in one of doubles. */
function bigEndian(): Uint8Array {
  const bytes = new Uint8Array(128 + 8 + 16 + 16 + 8 + 8);
  const view = new DataView(bytes.buffer);
  bytes.set([0x01, 0x00, 0x4d, 0x49], 124);
  const words = [14, 48, 6, 8, 6, 0, 5, 8, 1, 2, (1 << 16) | 1, 0x76000000, (4 << 16) | 3, 0x0001fffe];
  for (const [at, word] of words.entries()) view.setUint32(128 + 4 * at, word);
  return bytes;
}

test('numbers and structures are read, in the order of MATLAB', async () => {
  expect(await parseMat(mixed)).toEqual({
    x: { data: Float64Array.of(1, 4, 2, 5, 3, 6), shape: [2, 3] },
    y: { data: Float64Array.of(-1.5), shape: [1, 1] },
    s: { fields: { z: { data: Float64Array.of(300), shape: [1, 1] } } },
    text: undefined,
  });
});

test('of either byte order', async () => {
  expect(await parseMat(bigEndian())).toEqual({ v: { data: Float64Array.of(1, -2), shape: [1, 2] } });
});

test("affNIST's images and labels are found among all else", async () => {
  const { data, shape, labels } = await parseAffnist(digits);
  expect([shape, labels]).toEqual([[3, 40, 40], Uint8Array.of(7, 0, 9)]);
  const expected = Array.from({ length: 3 * 1600 }, (_, at) => {
    const [n, i] = [Math.floor(at / 1600), at % 1600];
    return i % 97 === 0 ? (7 * i + 50 * n) % 256 : 0;
  });
  expect(data).toEqual(Uint8Array.from(expected));
});

const changed = (at: number, value: number) => Uint8Array.from(mixed, (byte, i) => (i === at ? value : byte));

test.each<[string, Uint8Array, string]>([
  ['nothing', new Uint8Array(), 'expected a file of MATLAB (version 5 to 7), found 0 bytes'],
  ['another file', new Uint8Array(500), 'found something else'],
  [
    'version 7.3',
    new Uint8Array([...encoded('MATLAB 7.3 MAT-file'), ...new Uint8Array(600)]),
    'save it with -v7 or -v6',
  ],
  ['a file cut off', mixed.subarray(0, 300), 'more bytes in the file of MATLAB'],
  ['a tag cut off', mixed.subarray(0, 132), 'expected 8 more bytes in the file of MATLAB, found 4'],
  ['more numbers than there are', changed(160, 200), 'expected 600 numbers for x of 200 x 3, found 6'],
  ['a damaged stream', digits.map((byte, at) => (at > 160 && at < 200 ? 0 : byte)), 'damaged file of MATLAB'],
])('%s is refused', async (_, bytes, message) => {
  await expect(parseMat(bytes)).rejects.toThrow(message);
});

test('decompresses no more than it may', async () => {
  await expect(parseMat(digits, { maxBytes: 1000 })).rejects.toThrow(
    'expected at most 1000 bytes, found more',
  );
});

test('a file without the images of affNIST is refused', async () => {
  await expect(parseAffnist(mixed)).rejects.toThrow('expected a structure affNISTdata, found x, y, s, text');
});

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
