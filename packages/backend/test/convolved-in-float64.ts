import type * as tf from '@tensorflow/tfjs-core';

/**
 * A convolution, one term after the other: y, and what dy gives for x and for the kernel.
 *
 * @param padding rows of zeros above, columns of zeros before
 */
export function convolvedInFloat64(
  x: tf.Tensor,
  kernel: tf.Tensor,
  dy: tf.Tensor,
  strides: readonly [vertical: number, horizontal: number],
  [top, left]: readonly [number, number] = [0, 0],
) {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns, , filters] = kernel.shape as [number, number, number, number];
  const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
  const [xs, ws, dys] = [x, kernel, dy].map(tensor => tensor.dataSync()) as [Data, Data, Data];
  const y = new Float64Array(dys.length);
  const dx = new Float64Array(xs.length);
  const dkernel = new Float64Array(ws.length);
  for (const [b, i, j, k, l] of places(batch, outHeight, outWidth, rows, columns)) {
    const [row, column] = [i * strides[0] + k - top, j * strides[1] + l - left];
    if (row < 0 || row >= height || column < 0 || column >= width) continue;
    const ofX = ((b * height + row) * width + column) * channels;
    const ofKernel = (k * columns + l) * channels;
    const ofY = ((b * outHeight + i) * outWidth + j) * filters;
    for (let c = 0; c < channels; c++) {
      for (let f = 0; f < filters; f++) {
        const w = (ofKernel + c) * filters + f;
        y[ofY + f]! += xs[ofX + c]! * ws[w]!;
        dx[ofX + c]! += dys[ofY + f]! * ws[w]!;
        dkernel[w]! += dys[ofY + f]! * xs[ofX + c]!;
      }
    }
  }
  return { y, dx, dkernel };
}

type Data = Float32Array;

/** All coordinates of a tensor of five axes. */
function* places(...sizes: [number, number, number, number, number]) {
  const count = sizes.reduce((product, size) => product * size, 1);
  for (let index = 0; index < count; index++) {
    let rest = index;
    const at = sizes.toReversed().map(size => {
      const place = rest % size;
      rest = (rest - place) / size;
      return place;
    });
    yield at.reverse() as typeof sizes;
  }
}
