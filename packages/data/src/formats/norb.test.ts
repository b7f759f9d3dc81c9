import { expect, test } from 'vitest';
import { parseNorb } from './norb';

/** By the definition: magic, rank, at least three sizes, all of four bytes with the little end first; then the elements. */
function matrix(magic: number, shape: readonly number[], elements: Uint8Array): Uint8Array {
  const sizes = [...shape, ...Array(Math.max(0, 3 - shape.length)).fill(1)];
  return new Uint8Array(
    Buffer.concat([Buffer.from(Uint32Array.of(magic, shape.length, ...sizes).buffer), elements]),
  );
}

const pixels = Uint8Array.from({ length: 16 }, (_, at) => at);
const images = matrix(0x1e3d4c55, [2, 2, 2, 2], pixels);
const labels = (...classes: number[]) =>
  matrix(0x1e3d4c54, [classes.length], new Uint8Array(Int32Array.from(classes).buffer));

test('a stereo pair is an image of two channels', () => {
  expect(parseNorb(images, labels(4, 0))).toEqual({
    data: Uint8Array.of(0, 4, 1, 5, 2, 6, 3, 7, 8, 12, 9, 13, 10, 14, 11, 15),
    shape: [2, 2, 2, 2],
    labels: Uint8Array.of(4, 0),
    classes: ['animal', 'human', 'airplane', 'truck', 'car'],
  });
});

test.each<[string, Uint8Array, Uint8Array, string]>([
  [
    'swapped files',
    labels(4, 0),
    images,
    'expected a matrix of bytes with 4 dimensions, found the kind 1e3d4c54 with 1',
  ],
  ['a label too few', images, labels(4), 'found 2 images and 1 labels'],
  ['another class', images, labels(4, 5), 'expected labels from 0 to 4, found 5 (label 1)'],
  [
    'a file cut off',
    images.subarray(0, images.length - 1),
    labels(4, 0),
    'expected 16 bytes for shape [2, 2, 2, 2], found 15',
  ],
  ['nothing', new Uint8Array(), labels(4, 0), 'found 0 bytes'],
])('refuses %s', (_, images, labels, message) => {
  expect(() => parseNorb(images, labels)).toThrow(message);
});
