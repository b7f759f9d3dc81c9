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
  readonly image: readonly [batch: number, height: number, width: number, channels: number];
  readonly window: readonly [height: number, width: number];
  readonly filters: number;
  readonly strides: number;
}

const direct = ['Convolution', 'ReluGradient', 'ConvolutionKernelGradient'];
const winograd = ['Winograd', 'ReluGradient', 'Winograd', 'WinogradKernelGradient'];

it.each<{ problem: Problem; ours: string[] }>([
  { problem: { image: [5, 12, 11, 1], window: [9, 9], filters: 32, strides: 1 }, ours: direct },
  { problem: { image: [1, 12, 11, 3], window: [5, 5], filters: 16, strides: 2 }, ours: direct },
  { problem: { image: [19, 8, 9, 8], window: [2, 3], filters: 48, strides: 3 }, ours: direct },
  { problem: { image: [3, 7, 6, 20], window: [1, 1], filters: 16, strides: 1 }, ours: direct },
  { problem: { image: [2, 9, 8, 16], window: [3, 3], filters: 16, strides: 2 }, ours: direct },
  { problem: { image: [2, 9, 8, 5], window: [3, 3], filters: 16, strides: 1 }, ours: direct },
  { problem: { image: [1, 3, 3, 16], window: [3, 3], filters: 16, strides: 1 }, ours: winograd },
  { problem: { image: [3, 9, 8, 32], window: [3, 3], filters: 48, strides: 1 }, ours: winograd },
  // Those of which the filters are no sixteens
  { problem: { image: [2, 9, 8, 16], window: [3, 3], filters: 20, strides: 1 }, ours: [] },
  { problem: { image: [1, 12, 11, 1], window: [9, 9], filters: 3, strides: 1 }, ours: [] },
  { problem: { image: [17, 8, 9, 3], window: [2, 2], filters: 24, strides: 3 }, ours: [] },
])(
  'agrees with sums in float64, value and gradients: $problem, by our operations $ours',
  ({ problem, ours }) => {
    const { image, window, filters, strides } = problem;
    const steps = [strides, strides] as const;
    const inputs = [
      some([...image], 1),
      some([...window, image[3], filters], 2),
      some([filters], 3),
    ] as const;
    const [x, kernel, bias] = inputs;
    const outputs = [0, 1].map(axis => Math.floor((image[axis + 1]! - window[axis]!) / strides) + 1);
    const dy = some([image[0], ...outputs, filters], 4);

    const { y } = convolvedInFloat64(x, kernel, dy, steps);
    const offsets = bias.dataSync();
    const values = y.map((sum, index) => Math.max(sum + offsets[index % filters]!, 0));
    const masked = Float32Array.from(dy.dataSync(), (d, index) => (values[index]! > 0 ? d : 0));
    const { dx, dkernel } = convolvedInFloat64(x, kernel, tf.tensor(masked, dy.shape), steps);
    const dbias = new Float64Array(filters);
    for (const [index, d] of masked.entries()) dbias[index % filters]! += d;

    const before = tf.memory().numTensors;
    const { result, operations } = withOwnOperations(() =>
      tf.valueAndGrads((x, kernel, bias) => reluConvolution(x!, kernel!, bias!, strides))([...inputs], dy),
    );
    const { value, grads } = result;
    expect(operations).toEqual(ours);
    expect(value).toBeAllClose({ shape: dy.shape, data: values });
    expect(grads[0]).toBeAllClose({ shape: x.shape, data: dx });
    expect(grads[1]).toBeAllClose({ shape: kernel.shape, data: dkernel });
    expect(grads[2]).toBeAllClose({ shape: bias.shape, data: dbias });
    tf.dispose([value, grads]);
    expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
  },
);

it('computes no gradient that nobody asks for', () => {
  const [x, kernel, bias] = [some([2, 9, 8, 16], 1), some([3, 3, 16, 16], 2), some([16], 3)];
  const { operations } = withOwnOperations(() =>
    tf.grads((kernel, bias) => reluConvolution(x, kernel!, bias!, 1))([kernel, bias]),
  );
  expect(operations).toEqual(winograd.toSpliced(2, 1));
});

it.each([{ window: 3 }, { window: 5 }])('keeps NaN, with a kernel of $window x $window', ({ window }) => {
  const x = tf.fill([1, 9, 9, 16], -1);
  const kernel = tf.ones([window, window, 16, 16]);
  const bias = tf.tensor1d([Number.NaN, ...Array.from({ length: 15 }, () => 0)]);
  const filters = Array.from(reluConvolution(x, kernel, bias, 1).dataSync().subarray(0, 16));
  expect(filters).toEqual([Number.NaN, ...Array.from({ length: 15 }, () => 0)]);
  const pixel = tf.buffer([1, 9, 9, 16], 'float32', x.dataSync() as Float32Array);
  pixel.set(Number.NaN, 0, 4, 4, 7);
  const y = reluConvolution(pixel.toTensor(), kernel, tf.zeros([16]), 1);
  const [, size] = y.shape as [number, number];
  // The output in the middle sees the pixel.
  const middle = tf.slice(y, [0, Math.floor(size / 2), Math.floor(size / 2), 0], [1, 1, 1, 16]).dataSync();
  expect(new Set(middle)).toEqual(new Set([Number.NaN]));
});

it("is refused where sizes do not fit, and TensorFlow's own sentence is kept", () => {
  const x = tf.zeros([2, 4, 4, 3]);
  expect(() => reluConvolution(x, tf.zeros([5, 5, 3, 16]), tf.zeros([16]), 1)).toThrow(
    'expected a kernel no larger than the image',
  );
  expect(() => reluConvolution(x, tf.zeros([2, 2, 4, 16]), tf.zeros([16]), 1)).toThrow('filters in sixteens');
  expect(() => reluConvolution(x, tf.zeros([2, 2, 3, 16]), tf.zeros([32]), 1)).toThrow('bias [filters]');
});

function reluConvolution(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor, strides: number): tf.Tensor {
  return tf.engine().runKernel('ReluConvolution', { x, kernel, bias }, { strides: [strides, strides] });
}

function some(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}
