import type { ImageSize } from '../sets/image-set';

/** What one place of a resized axis is made of: the weights of places from `first` on, whose sum is 1. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
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
export function fit(
  image: Float32Array,
  { height, width, channels }: ImageSize,
  to: { readonly height: number; readonly width: number },
  around = 0,
): Float32Array {
  if (height === to.height && width === to.width) return image;
  const factor = Math.min(to.height / height, to.width / width);
  const [rows, columns] = [Math.max(1, Math.round(height * factor)), Math.max(1, Math.round(width * factor))];
  const top = Math.floor((to.height - rows) / 2);
  const left = Math.floor((to.width - columns) / 2);

  const across = taps(width, columns);
  const narrowed = new Float32Array(height * columns * channels);
  for (let row = 0; row < height; row++) {
    for (const [column, { first, weights }] of across.entries()) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        weights.forEach((weight, i) => {
          sum += weight * image[(row * width + first + i) * channels + c]!;
        });
        narrowed[(row * columns + column) * channels + c] = sum;
      }
    }
  }

  const fitted = new Float32Array(to.height * to.width * channels).fill(around);
  const rowLength = columns * channels;
  for (const [row, { first, weights }] of taps(height, rows).entries()) {
    const place = ((top + row) * to.width + left) * channels;
    for (let at = 0; at < rowLength; at++) {
      let sum = 0;
      weights.forEach((weight, i) => {
        sum += weight * narrowed[(first + i) * rowLength + at]!;
      });
      fitted[place + at] = sum;
    }
  }
  return fitted;
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
