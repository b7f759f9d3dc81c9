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

interface Problem {
  readonly image: [batch: number, height: number, width: number, channels: number];
  readonly window: [height: number, width: number];
  readonly filters: number;
  readonly strides: number | [vertical: number, horizontal: number];
  readonly pad?: 'same';
}

const taken: Problem[] = [
  { image: [1, 9, 8, 1], window: [9, 8], filters: 16, strides: 1 },
  { image: [17, 12, 11, 3], window: [5, 4], filters: 32, strides: 2 },
  { image: [40, 7, 9, 20], window: [2, 3], filters: 48, strides: 3 },
  { image: [5, 9, 11, 4], window: [3, 2], filters: 16, strides: [2, 3] },
  { image: [3, 7, 6, 8], window: [1, 1], filters: 16, strides: 1 },
];
const left: Problem[] = [
  { image: [3, 9, 8, 3], window: [3, 3], filters: 16, strides: 1, pad: 'same' },
  { image: [3, 9, 8, 3], window: [5, 5], filters: 16, strides: 2, pad: 'same' },
  { image: [3, 9, 8, 3], window: [5, 5], filters: 24, strides: 1 },
  // More than 2^17 numbers
  { image: [2, 9, 9, 32], window: [9, 9], filters: 64, strides: 1 },
];

it.each([
  ...taken.map(problem => ({ problem, ours: true })),
  ...left.map(problem => ({ problem, ours: false })),
])("a kernel's gradient agrees with sums in float64: $problem, by our kernel: $ours", ({ problem, ours }) => {
  const { image, window, filters, strides, pad = 'valid' } = problem;
  const filterShape: [number, number, number, number] = [...window, image[3], filters];
  const info = tf.backend_util.computeConv2DInfo(image, filterShape, strides, 1, pad);
  const x = some(image, 1);
  const dy = some([image[0], info.outHeight, info.outWidth, filters], 2);
  const padding = [info.padInfo.top, info.padInfo.left] as const;
  const steps = [info.strideHeight, info.strideWidth] as const;
  const { dkernel } = convolvedInFloat64(x, some(filterShape, 3), dy, steps, padding);

  const attrs = { strides, pad, filterShape, dataFormat: 'NHWC', dimRoundingMode: undefined };
  const { result, operations } = withOwnOperations(() =>
    tf.engine().runKernel<tf.Tensor>('Conv2DBackpropFilter', { x, dy }, attrs as unknown as tf.NamedAttrMap),
  );
  expect(operations).toEqual(ours ? ['ConvolutionKernelGradient'] : []);
  expect(result).toBeAllClose({ shape: filterShape, data: dkernel });
});

it("a kernel's gradient of no images is 0", () => {
  const attrs = { strides: 1, pad: 'valid', filterShape: [3, 2, 5, 16], dataFormat: 'NHWC' };
  const inputs = { x: tf.zeros([0, 6, 5, 5]), dy: tf.zeros([0, 4, 4, 16]) };
  const gradient = tf.engine().runKernel<tf.Tensor>('Conv2DBackpropFilter', inputs, attrs);
  expect(gradient).toBeAllClose(tf.zeros([3, 2, 5, 16]));
});

function some(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}
