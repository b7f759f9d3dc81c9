import { pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, it } from 'vitest';
import { convolvedInFloat64 } from '../../../test/convolved-in-float64';
import { demandOwnKernels } from '../../../test/demand-own-kernels';
import { withOwnOperations } from '../../../test/with-own-operations';

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
    const expected = convolvedInFloat64(x, kernel, dy, [strides, strides], [padInfo.top, padInfo.left]);

    const before = tf.memory().numTensors;
    const convolve = (x: tf.Tensor, kernel: tf.Tensor): tf.Tensor =>
      tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides, pad);
    const { result, operations } = withOwnOperations(() =>
      tf.valueAndGrads((x, kernel) => convolve(x!, kernel!))([x, kernel], dy),
    );
    const { value, grads } = result;

    const names = ['Winograd', 'Winograd', 'WinogradKernelGradient'];
    expect(operations).toEqual(ours ? names : []);
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
