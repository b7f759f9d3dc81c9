import { pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, it, vi } from 'vitest';
import { demandOwnKernels } from '../../../test/demand-own-kernels';
import { tensorFlowBackend } from './tensorflow-backend';

beforeEach(async context => {
  demandOwnKernels(context);
  await pickBackend({ only: 'native' });
});

interface Convolution {
  readonly image: readonly [batch: number, height: number, width: number, channels: number];
  readonly filters: number;
  readonly pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
  readonly kernel?: readonly [height: number, width: number];
  readonly strides?: number;
}

const taken: Convolution[] = [
  { image: [1, 3, 3, 16], filters: 16, pad: 'valid' },
  { image: [1, 3, 3, 16], filters: 16, pad: 'same' },
  { image: [2, 7, 4, 32], filters: 16, pad: 'same' },
  { image: [3, 6, 9, 16], filters: 48, pad: 'valid' },
  { image: [5, 13, 11, 16], filters: 32, pad: 2 },
  {
    image: [2, 5, 8, 16],
    filters: 16,
    pad: [
      [0, 0],
      [2, 0],
      [0, 1],
      [0, 0],
    ],
  },
  { image: [40, 4, 4, 16], filters: 16, pad: 'same' },
];
const left: Convolution[] = [
  { image: [2, 7, 6, 15], filters: 16, pad: 'same' },
  { image: [2, 7, 6, 24], filters: 16, pad: 'same' },
  { image: [2, 7, 6, 16], filters: 24, pad: 'valid' },
  { image: [2, 7, 6, 3], filters: 5, pad: 'same' },
  { image: [2, 7, 6, 16], filters: 16, pad: 'same', kernel: [3, 1] },
  { image: [2, 7, 6, 16], filters: 16, pad: 'same', strides: 2 },
];

it.each([
  ...taken.map(convolution => ({ convolution, ours: true })),
  ...left.map(convolution => ({ convolution, ours: false })),
])(
  'agrees with sums in float64, value and gradients: $convolution, by our kernels: $ours',
  ({ convolution, ours }) => {
    const { image, filters, pad, kernel: [height, width] = [3, 3], strides = 1 } = convolution;
    const x = some([...image], 1);
    const kernel = some([height, width, image[3], filters], 2);
    const { padInfo, outHeight, outWidth } = tf.backend_util.computeConv2DInfo(
      [...image],
      kernel.shape as [number, number, number, number],
      strides,
      1,
      pad,
    );
    const dy = some([image[0], outHeight, outWidth, filters], 3);
    const expected = inFloat64(x, kernel, dy, strides, [padInfo.top, padInfo.left]);

    const operations: string[] = [];
    const backend = tensorFlowBackend();
    const run = backend.executeSingleOutput.bind(backend);
    const spy = vi.spyOn(backend, 'executeSingleOutput').mockImplementation((name, ...others) => {
      operations.push(name.replace(/_.*/, ''));
      return run(name, ...others);
    });
    const before = tf.memory().numTensors;
    const convolve = (x: tf.Tensor, kernel: tf.Tensor): tf.Tensor =>
      tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides, pad);
    const { value, grads } = tf.valueAndGrads((x, kernel) => convolve(x!, kernel!))([x, kernel], dy);
    spy.mockRestore();

    const names = ['CapsnetWinograd', 'CapsnetWinograd', 'CapsnetWinogradKernelGradient'];
    expect(operations.filter(name => name.startsWith('Capsnet'))).toEqual(ours ? names : []);
    expect(value).toBeAllClose({ shape: dy.shape, data: expected.y });
    expect(grads[0]).toBeAllClose({ shape: x.shape, data: expected.dx });
    expect(grads[1]).toBeAllClose({ shape: kernel.shape, data: expected.dkernel });
    tf.dispose([value, grads]);
    expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
  },
);

function some(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}

/** One term after the other: y, and what dy gives for x and for the kernel. */
function inFloat64(
  x: tf.Tensor,
  kernel: tf.Tensor,
  dy: tf.Tensor,
  strides: number,
  [top, left]: readonly [number, number],
) {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns, , filters] = kernel.shape as [number, number, number, number];
  const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
  const [xs, ws, dys] = [x, kernel, dy].map(tensor => tensor.dataSync()) as [Data, Data, Data];
  const y = new Float64Array(dys.length);
  const dx = new Float64Array(xs.length);
  const dkernel = new Float64Array(ws.length);
  for (const [b, i, j, k, l] of places(batch, outHeight, outWidth, rows, columns)) {
    const [row, column] = [i * strides + k - top, j * strides + l - left];
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
