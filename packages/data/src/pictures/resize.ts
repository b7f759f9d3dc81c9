import type { ImageSize } from '../sets/image-set';

/** What one place of a resized axis is made of: the weights of places from `first` on, whose sum is 1. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/** How an image becomes one of another size: `contain` keeps all of it, `cover` fills all of the new size. */
export type Fit = 'contain' | 'cover';

interface Area {
  readonly height: number;
  readonly width: number;
}

/**
 * Fits an image into another size. Its proportions are kept: it becomes as large as it can be, lies in the middle, and
 * `around` fills what is left. An image of the same size comes back bit for bit.
 *
 * A pixel of a smaller image is the mean of the area that it covers; one of a larger image is interpolated bilinearly.
 *
 * @param image [height, width, channels]
 * @returns [to.height, to.width, channels]
 */
export function fit(image: Float32Array, size: ImageSize, to: Area, around = 0): Float32Array {
  const { height, width, channels } = size;
  if (height === to.height && width === to.width) return image;
  const factor = Math.min(to.height / height, to.width / width);
  const [rows, columns] = [Math.max(1, Math.round(height * factor)), Math.max(1, Math.round(width * factor))];
  const top = Math.floor((to.height - rows) / 2);
  const left = Math.floor((to.width - columns) / 2);
  const resized = stretch(image, size, { height: rows, width: columns });
  const fitted = new Float32Array(to.height * to.width * channels).fill(around);
  const rowLength = columns * channels;
  for (let row = 0; row < rows; row++) {
    const place = ((top + row) * to.width + left) * channels;
    fitted.set(resized.subarray(row * rowLength, (row + 1) * rowLength), place);
  }
  return fitted;
}

/**
 * Fills another size with the middle of an image: what the new proportions have no room for is cut off, as much on either side.
 * Pixels are made as by {@link fit}.
 *
 * @param image [height, width, channels]
 * @returns [to.height, to.width, channels]
 */
export function cover(image: Float32Array, { height, width, channels }: ImageSize, to: Area): Float32Array {
  if (height === to.height && width === to.width) return image;
  const factor = Math.max(to.height / height, to.width / width);
  const rows = Math.min(height, Math.max(1, Math.round(to.height / factor)));
  const columns = Math.min(width, Math.max(1, Math.round(to.width / factor)));
  const top = Math.floor((height - rows) / 2);
  const left = Math.floor((width - columns) / 2);
  const middle = new Float32Array(rows * columns * channels);
  for (let row = 0; row < rows; row++) {
    const start = ((top + row) * width + left) * channels;
    middle.set(image.subarray(start, start + columns * channels), row * columns * channels);
  }
  return stretch(middle, { height: rows, width: columns, channels }, to);
}

/** To another size, without regard to proportions. */
export function stretch(image: Float32Array, { height, width, channels }: ImageSize, to: Area): Float32Array {
  const across = taps(width, to.width);
  const rowLength = to.width * channels;
  const narrowed = new Float32Array(height * rowLength);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < to.width; column++) {
      const { first, weights } = across[column]!;
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++)
          sum += weights[i]! * image[(row * width + first + i) * channels + c]!;
        narrowed[row * rowLength + column * channels + c] = sum;
      }
    }
  }
  const stretched = new Float32Array(to.height * rowLength);
  for (const [row, { first, weights }] of taps(height, to.height).entries()) {
    for (let at = 0; at < rowLength; at++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * narrowed[(first + i) * rowLength + at]!;
      stretched[row * rowLength + at] = sum;
    }
  }
  return stretched;
}

function taps(from: number, to: number): Taps[] {
  const step = from / to;
  return Array.from({ length: to }, (_, i) =>
    step > 1 ? covered(i * step, Math.min((i + 1) * step, from)) : between((i + 0.5) * step - 0.5, from - 1),
  );
}

/** The places from `start` to `end`, those at the ends in part. */
function covered(start: number, end: number): Taps {
  const first = Math.floor(start);
  const weights = Array.from(
    { length: Math.ceil(end) - first },
    (_, i) => (Math.min(end, first + i + 1) - Math.max(start, first + i)) / (end - start),
  );
  return { first, weights };
}

/** The two places around a point between the centres of the first and the `last`; beyond them, the nearest. */
function between(point: number, last: number): Taps {
  const inside = Math.min(Math.max(point, 0), last);
  const first = Math.floor(inside);
  const fraction = inside - first;
  return { first, weights: fraction === 0 ? [1] : [1 - fraction, fraction] };
}
