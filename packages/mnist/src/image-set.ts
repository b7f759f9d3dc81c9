import { DataError } from './data-error';
import type { Shaped } from './shaped';

/** Labelled images. */
export interface ImageSet {
  /** 0..255, [n, height, width] or [n, height, width, channels]. */
  readonly images: Shaped<Uint8Array>;
  /** [n] */
  readonly labels: Uint8Array;
}

/** Some images of a set, in an order of its own. A view: the images are not copied. */
export interface Subset {
  readonly set: ImageSet;
  /** Positions in `set`. */
  readonly indices: Uint32Array;
}

/** The size of one image. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * The first `count` images.
 *
 * @throws RangeError when there are fewer
 */
export function take(images: ImageSet | Subset, count: number): Subset {
  const { set, indices } = asSubset(images);
  if (!Number.isInteger(count) || count < 1 || count > indices.length) {
    throw new RangeError(`take: expected a count of 1 to ${indices.length} images, found ${count}`);
  }
  return { set, indices: indices.subarray(0, count) };
}

/** A set as the subset of all its images. */
export function asSubset(images: ImageSet | Subset): Subset {
  return 'indices' in images ? images : { set: images, indices: Uint32Array.from(images.labels.keys()) };
}

/** @throws DataError when images and labels do not fit together, or there are none */
export function imageSize({ images, labels }: ImageSet): ImageSize {
  const [count, height, width, channels = 1] = images.shape;
  if (!(images instanceof Uint8Array) || images.shape.length < 3 || images.shape.length > 4) {
    throw new DataError(
      `expected images as bytes [n, height, width] or [n, height, width, channels], ` +
        `found ${images.constructor.name} [${images.shape.join(', ')}]`,
    );
  }
  if (count !== labels.length) {
    throw new DataError(
      `expected one label for each image, found ${count} images and ${labels.length} labels`,
    );
  }
  if (images.length === 0)
    throw new DataError(`expected at least one image, found none (shape [${images.shape}])`);
  return { height: height!, width: width!, channels };
}
