import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { ofGradients } from '../../test/golden';
import { BatchNorm, batchNorm } from './batch-norm';

const channels = 3;
const some = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
/** Channels whose means and deviations differ widely */
const spread = (shape: number[], seed: number) =>
  tf.add(tf.mul(some(shape, seed), tf.tensor1d([0.05, 1, 20])), tf.tensor1d([0.2, -3, 10]));

test.each([{ shape: [2, 4, 5, channels] }, { shape: [7, channels] }])(
  'agrees with moments and normalisation by tfjs, values and gradients: [$shape]',
  ({ shape }) => {
    const composition = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
      const { mean, variance } = tf.moments(x, [...shape.slice(0, -1).keys()]);
      const normalised = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-3)));
      return tf.add(tf.mul(normalised, gamma), beta);
    };
    const inputs = [spread(shape, 1), some([channels], 2), some([channels], 3)];
    const dy = some(shape, 4);
    const run = (f: typeof composition) =>
      tf.valueAndGrads((x, gamma, beta) => f(x!, gamma!, beta!))(inputs, dy);
    const ours = run((x, gamma, beta) => batchNorm(x, gamma, beta, 1e-3));
    const theirs = run(composition);
    expect(ours.value).toBeAllClose(theirs.value);
    for (const index of [0, 1, 2]) expect(ours.grads[index]).toBeAllClose(theirs.grads[index]!, ofGradients);
  },
);

test("trains and evaluates as tfjs's own layer does", () => {
  const [ours, theirs] = [new BatchNorm(), layers.batchNormalization({})];
  for (let step = 1; step <= 3; step++) {
    const x = spread([2, 4, 5, channels], step);
    const [found, expected] = [ours, theirs].map(layer => layer.apply(x, { training: true }) as tf.Tensor);
    expect(found!).toBeAllClose(expected!);
  }
  ours.getWeights().forEach((weight, index) => {
    expect(weight).toBeAllClose(theirs.getWeights()[index]!);
  });
  const x = spread([2, 4, 5, channels], 9);
  expect(ours.apply(x) as tf.Tensor).toBeAllClose(theirs.apply(x) as tf.Tensor);
});

test('leaves no tensors but its result', () => {
  const layer = new BatchNorm();
  const x = some([2, 3, 3, channels], 1);
  layer.apply(x);
  const before = tf.memory().numTensors;
  for (const training of [true, false]) tf.dispose(layer.apply(x, { training }) as tf.Tensor);
  expect(tf.memory().numTensors).toBe(before);
});
