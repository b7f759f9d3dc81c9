import { DataError } from '../data-error';
import type { ImageSet } from '../sets/image-set';

/** The five kinds of toys, in the order of their labels. */
export const norbClasses = ['animal', 'human', 'airplane', 'truck', 'car'] as const;

/** The first four bytes of a matrix, which say what its elements are. */
const kinds = { bytes: 0x1e3d4c55, integers: 0x1e3d4c54 } as const;

/**
 * Reads the images and the labels of smallNORB: matrices, `...-dat.mat` and `...-cat.mat`, uncompressed. The two pictures of a
 * stereo pair are the two channels of an image.
 *
 * @returns images [n, 96, 96, 2] with the names of the classes
 * @throws {@link DataError} when the files are no such matrices, or do not fit together
 */
export function parseNorb(images: Uint8Array, labels: Uint8Array): ImageSet {
  const { shape, start } = matrix(images, 'bytes', 4, 1);
  const [count, pair, height, width] = shape as [number, number, number, number];
  if (pair !== 2)
    throw new DataError(`expected pairs of images [n, 2, height, width], found [${shape.join(', ')}]`);
  const classes = matrix(labels, 'integers', 1, 4);
  if (classes.shape[0] !== count)
    throw new DataError(
      `expected one label for each image, found ${count} images and ${classes.shape[0]} labels`,
    );
  const view = new DataView(labels.buffer, labels.byteOffset + classes.start);
  const area = height * width;
  const data = new Uint8Array(2 * count * area);
  for (let image = 0; image < count; image++) {
    const first = start + 2 * image * area;
    for (let at = 0; at < area; at++) {
      data[2 * (image * area + at)] = images[first + at]!;
      data[2 * (image * area + at) + 1] = images[first + area + at]!;
    }
  }
  return {
    data,
    shape: [count, height, width, 2],
    labels: Uint8Array.from({ length: count }, (_, i) => toy(view.getInt32(4 * i, true), i)),
    classes: norbClasses,
  };
}

function toy(label: number, index: number): number {
  if (label >= 0 && label < norbClasses.length) return label;
  throw new DataError(`expected labels from 0 to ${norbClasses.length - 1}, found ${label} (label ${index})`);
}

/** Where the elements of a matrix begin; numbers are little endian, and of fewer than three sizes three are written. */
function matrix(
  bytes: Uint8Array,
  kind: keyof typeof kinds,
  rank: number,
  elementBytes: number,
): { readonly shape: readonly number[]; readonly start: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + 4 * Math.max(3, rank);
  const magic = bytes.length >= start ? view.getUint32(0, true) : undefined;
  const foundRank = magic === undefined ? 0 : view.getInt32(4, true);
  if (magic !== kinds[kind] || foundRank !== rank) {
    throw new DataError(
      `expected a matrix of ${kind} with ${rank} dimensions, found ${magic === undefined ? `${bytes.length} bytes` : `the kind ${magic.toString(16)} with ${foundRank}`}`,
    );
  }
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(8 + 4 * axis, true));
  const expected = shape.reduce((product, size) => product * size, elementBytes);
  if (expected !== bytes.length - start)
    throw new DataError(
      `expected ${expected} bytes for shape [${shape.join(', ')}], found ${bytes.length - start}`,
    );
  return { shape, start };
}
