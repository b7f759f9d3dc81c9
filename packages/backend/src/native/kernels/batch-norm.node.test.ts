import { listBackends, pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { demandOwnKernels } from '../../../test/demand-own-kernels';
import { withOwnOperations } from '../../../test/with-own-operations';
import { engineName } from './tensorflow-backend';

const native = (await listBackends()).find(({ name }) => name === 'native')!;

beforeEach(async context => {
  if (!native.available) return context.skip(native.reason);
  await pickBackend({ only: 'native' });
});

describe('normalises a batch and has its gradient', () => {
  it.each([{ shape: [5, 4, 3, 2] }, { shape: [9, 2] }, { shape: [3, 5, 7, 20] }, { shape: [1, 3, 8] }])(
    "by TensorFlow's operation: [$shape]",
    ({ shape }) => expect(operationsOf(shape)).toEqual([]),
  );

  it.for([
    { shape: [5, 4, 3, 16] },
    { shape: [9, 32] },
    { shape: [1, 3, 48] },
    { shape: [70, 16] },
    { shape: [1, 16] },
  ])('by ours, for channels in sixteens: [$shape]', ({ shape }, context) => {
    demandOwnKernels(context);
    expect(operationsOf(shape)).toEqual(['BatchNorm', 'BatchNormGradient']);
  });
});

it.each([{ channels: 5 }, { channels: 16 }])(
  'of $channels channels keeps NaN where it is',
  ({ channels }) => {
    const x = tf.buffer([4, channels], 'float32', new Float32Array(4 * channels).fill(2));
    x.set(Number.NaN, 1, 3);
    const [y] = run('BatchNormTraining', {
      x: x.toTensor(),
      gamma: tf.ones([channels]),
      beta: tf.ones([channels]),
    });
    const rows = (y as tf.Tensor2D).arraySync();
    for (const row of rows) expect(row).toEqual(row.map((_, channel) => (channel === 3 ? Number.NaN : 1)));
  },
);

it('moves an average towards what is met, to the same bits as the operations of tfjs do', context => {
  demandOwnKernels(context);
  const some = (seed: number) => tf.randomNormal([48], 3, 2, 'float32', seed);
  const [average, met, rate] = [some(1), some(2), 1 - 0.99];
  const moved = tf.engine().runKernel<tf.Tensor>('MovingAverage', { average, met }, { rate });
  const expected = tf.add(average, tf.mul(tf.sub(met, average), rate));
  expect(moved.dataSync()).toEqual(expected.dataSync());
  expect(() => tf.engine().runKernel('MovingAverage', { average, met: tf.ones([24]) }, { rate })).toThrow(
    'expected two tensors of one shape',
  );
});

/** Compares both kernels with moments and normalisation in float64. Returns which operations of ours they took. */
function operationsOf(shape: number[]): string[] {
  const channels = shape.at(-1)!;
  const some = (size: number[], seed: number) => tf.randomNormal(size, 3, 2, 'float32', seed);
  const [x, gamma, beta, dy] = [some(shape, 1), some([channels], 2), some([channels], 3), some(shape, 4)];
  const expected = inFloat64(x, gamma, beta, dy);

  const before = tf.memory().numTensors;
  const { result, operations } = withOwnOperations(() => {
    const [y, mean, variance] = run('BatchNormTraining', { x, gamma, beta });
    const gradients = run('BatchNormTrainingGrad', { dy, x, gamma, mean: mean!, variance: variance! });
    return [y!, mean!, variance!, ...gradients];
  });
  expect(tf.memory().numTensors).toBe(before + 6);
  expect(tf.getBackend()).toBe(engineName);
  const shapes = [shape, [channels], [channels], shape, [channels], [channels]];
  result.forEach((found, index) => {
    // Of one row nothing is left but rounding errors.
    const tolerance = { relative: index < 3 ? 3e-5 : 1e-4, absolute: 1e-5 };
    expect(found).toBeAllClose({ shape: shapes[index]!, data: expected[index]! }, tolerance);
  });
  return operations;
}

const epsilon = 0.1;

function run(name: string, tensors: tf.NamedTensorMap): tf.Tensor[] {
  return tf.engine().runKernel(name, tensors, { epsilon });
}

/** y, mean, variance, and the gradients of x, gamma and beta by the chain rule, as the paper writes it. */
function inFloat64(
  ...tensors: [x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, dy: tf.Tensor]
): Float64Array[] {
  const [x, gamma, beta, dy] = tensors.map(tensor => Float64Array.from(tensor.dataSync())) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const channels = gamma.length;
  const count = x.length / channels;
  const sums = (of: (index: number, channel: number) => number) => {
    const result = new Float64Array(channels);
    for (let index = 0; index < x.length; index++) result[index % channels]! += of(index, index % channels);
    return result;
  };
  const mean = sums(index => x[index]! / count);
  const variance = sums((index, c) => (x[index]! - mean[c]!) ** 2 / count);
  const s = variance.map(each => Math.sqrt(each + epsilon));
  const dvariance = sums((i, c) => (dy[i]! * gamma[c]! * (x[i]! - mean[c]!) * -0.5) / s[c]! ** 3);
  const dmean = sums(
    (i, c) => (-dy[i]! * gamma[c]!) / s[c]! - (2 * dvariance[c]! * (x[i]! - mean[c]!)) / count,
  );
  const each = (of: (index: number, channel: number) => number) =>
    x.map((_, index) => of(index, index % channels));
  return [
    each((i, c) => (gamma[c]! * (x[i]! - mean[c]!)) / s[c]! + beta[c]!),
    mean,
    variance,
    each(
      (i, c) =>
        (dy[i]! * gamma[c]!) / s[c]! + (2 * dvariance[c]! * (x[i]! - mean[c]!)) / count + dmean[c]! / count,
    ),
    sums((i, c) => (dy[i]! * (x[i]! - mean[c]!)) / s[c]!),
    sums(i => dy[i]!),
  ];
}
