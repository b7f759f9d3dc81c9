import { DataError } from '../data-error';
import { typeName } from '../type-name';

/**
 * Labelled images. A plain object: it can be written down as it is, and survives `structuredClone` and `postMessage`.
 */
export interface ImageSet {
  /** All images one after the other in C order, 0..255. */
  readonly data: Uint8Array;
  /** [n, height, width], or [n, height, width, channels]. */
  readonly shape: readonly number[];
  /** The class of each image, from 0: [n]. */
  readonly labels: Uint8Array | Uint16Array | Int32Array;
  /** The names of the classes, by label. */
  readonly classes?: readonly string[] | undefined;
}

/** The size of one image. */
export interface ImageSize {
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
  /** 1 is gray, 3 is red, green and blue. */
  readonly channels: number;
}

/**
 * The size of each image of a set, which is checked: there are images, as many bytes as the shape says and one label for
 * each image; labels are from 0 and, if the classes have names, below their number.
 *
 * @throws {@link DataError} that says what was expected and what was found
 */
export function imageSize(set: ImageSet): ImageSize {
  expectSet(set);
  const { data, shape, labels, classes } = set;
  const isWhole = shape.every(size => Number.isInteger(size) && size >= 0);
  if (!(data instanceof Uint8Array) || shape.length < 3 || shape.length > 4 || !isWhole) {
    throw new DataError(
      `expected images as bytes [n, height, width] or [n, height, width, channels], ` +
        `found ${typeName(data)} [${shape.join(', ')}]`,
    );
  }
  const elements = shape.reduce((product, size) => product * size, 1);
  if (elements !== data.length) {
    throw new DataError(`expected ${elements} bytes for shape [${shape.join(', ')}], found ${data.length}`);
  }
  const [count, height, width, channels = 1] = shape as [number, number, number, number?];
  if (count !== labels.length) {
    throw new DataError(
      `expected one label for each image, found ${count} images and ${labels.length} labels`,
    );
  }
  if (elements === 0) {
    throw new DataError(`expected at least one image, found none (shape [${shape.join(', ')}])`);
  }
  const end = classes?.length ?? Number.POSITIVE_INFINITY;
  const wrong = labels.findIndex(label => label < 0 || label >= end);
  if (wrong >= 0) {
    const expected = classes === undefined ? 'of 0 or more' : `from 0 to ${end - 1}`;
    throw new DataError(`expected labels ${expected}, found ${labels[wrong]} (label ${wrong})`);
  }
  return { height, width, channels };
}

/** What is no set at all, such as one of another library or of an earlier version, is told by its keys. */
function expectSet(set: unknown): asserts set is ImageSet {
  const found: Partial<Record<keyof ImageSet, unknown>> = typeof set === 'object' && set !== null ? set : {};
  const { data, shape, labels, classes } = found;
  if (
    ArrayBuffer.isView(data) &&
    Array.isArray(shape) &&
    (labels instanceof Uint8Array || labels instanceof Uint16Array || labels instanceof Int32Array) &&
    (classes === undefined || Array.isArray(classes))
  ) {
    return;
  }
  const parts = Object.entries(found).map(([name, value]) => `${name}: ${typeName(value)}`);
  throw new DataError(
    'expected an image set { data: Uint8Array, shape: [n, height, width], labels: Uint8Array, Uint16Array or Int32Array }, ' +
      `found ${parts.length > 0 ? `{ ${parts.join(', ')} }` : typeName(set)}`,
  );
}
