import { CapsnetError } from '@capsnet/checks';
import { DataError } from '../data-error';
import { type ImageSet, type ImageSize, imageSize } from './image-set';
import { asSubset, type Subset } from './subset';

/** Images as they go into batches. */
export interface ImageReader {
  /** Of the canvas. */
  readonly size: ImageSize;
  /** Image `index` of the set as 0..1, [height, width, channels]. Always the same array: use it before the next call. */
  read(index: number): Float32Array;
}

/** Bytes as 0..1. */
const intensity = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/**
 * Reads the images of a set.
 *
 * @param side of a square black canvas in whose middle each image lies, in pixels. By default a canvas as large as the images
 * @throws {@link DataError} when the images are not well formed, or there are none; {@link CapsnetError} `invalid-argument`
 *   when the canvas is smaller than an image
 */
export function imageReader(images: ImageSet | Subset, side?: number): ImageReader {
  const { set, indices } = asSubset(images);
  const own = imageSize(set);
  const { data } = set;
  if (indices.length === 0) throw new DataError('expected a subset of at least one image, found none');
  if (side !== undefined && !(Number.isInteger(side) && side >= Math.max(own.height, own.width))) {
    throw new CapsnetError(
      'invalid-argument',
      `expected a size of at least the ${own.height}x${own.width} pixels of an image, found ${side}`,
    );
  }

  const size = { height: side ?? own.height, width: side ?? own.width, channels: own.channels };
  const top = Math.floor((size.height - own.height) / 2);
  const left = Math.floor((size.width - own.width) / 2);
  const rowLength = own.width * own.channels;
  const canvas = new Float32Array(size.height * size.width * size.channels);
  return {
    size,
    read(index) {
      for (let row = 0; row < own.height; row++) {
        const from = (index * own.height + row) * rowLength;
        const to = ((top + row) * size.width + left) * size.channels;
        for (let i = 0; i < rowLength; i++) canvas[to + i] = intensity[data[from + i]!]!;
      }
      return canvas;
    },
  };
}
