import { linearCongruential } from '@capsnet/testing/linear-congruential';
import type { AxisTransform } from '../src/convolution/axis-transform';
import { type Matrix, realProducts } from '../src/convolution/real-products';

/**
 * The largest error of convolutions in the plane over many channels, all of it in float32, with one transform along both
 * axes: against float64, and relative to the largest value.
 */
export function errorInFloat32(
  transform: AxisTransform,
  outputs: number,
  taps: number,
  channels = 512,
): number {
  const random = linearCongruential(1);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const square = (size: number) => Float32Array.from({ length: size * size }, gaussian);
  const { a, b, s } = realProducts(transform);
  const n = outputs + taps - 1;
  const each = <T>(of: (k: number) => T) => Array.from({ length: 2 }, (_, k) => of(k));
  // Of each image by each kernel
  const sums = each(() =>
    each(() => ({ atRanks: new Float32Array(a.rows * a.rows), exact: new Float64Array(outputs * outputs) })),
  );
  for (let channel = 0; channel < channels; channel++) {
    const images = each(() => square(n));
    const kernels = each(() => square(taps));
    const atRanks = { images: images.map(x => alongBoth(a, x)), kernels: kernels.map(w => alongBoth(b, w)) };
    for (const [i, x] of images.entries()) {
      for (const [j, w] of kernels.entries()) {
        const sum = sums[i]![j]!;
        const [ax, bw] = [atRanks.images[i]!, atRanks.kernels[j]!];
        for (let rank = 0; rank < ax.length; rank++) sum.atRanks[rank]! += ax[rank]! * bw[rank]!;
        for (let o = 0; o < sum.exact.length; o++) {
          const corner = Math.floor(o / outputs) * n + (o % outputs);
          for (let k = 0; k < w.length; k++) {
            sum.exact[o]! += x[corner + Math.floor(k / taps) * n + (k % taps)]! * w[k]!;
          }
        }
      }
    }
  }
  let [error, largest] = [0, 0];
  for (const { atRanks, exact } of sums.flat()) {
    const y = alongBoth(s, atRanks);
    for (const [o, value] of exact.entries()) {
      error = Math.max(error, Math.abs(y[o]! - value));
      largest = Math.max(largest, Math.abs(value));
    }
  }
  return error / largest;
}

/** A matrix [rows, columns] along both axes of x, [columns, columns] -> [rows, rows], in float32. */
function alongBoth({ rows, columns, data }: Matrix, x: Float32Array): Float32Array {
  // [a, b] -> [b, rows], twice
  const once = (x: Float32Array) => {
    const width = x.length / columns;
    const y = new Float32Array(width * rows);
    for (let column = 0; column < width; column++) {
      for (let row = 0; row < rows; row++) {
        let sum = 0;
        for (let k = 0; k < columns; k++) {
          sum = Math.fround(sum + data[row * columns + k]! * x[k * width + column]!);
        }
        y[column * rows + row] = sum;
      }
    }
    return y;
  };
  return once(once(x));
}
