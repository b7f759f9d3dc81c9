import { listBackends, pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, it } from 'vitest';
import { engineName } from './tensorflow-backend';

const native = (await listBackends()).find(({ name }) => name === 'native')!;

beforeEach(async context => {
  if (!native.available) return context.skip(native.reason);
  await pickBackend({ only: 'native' });
});

it.each([{ shape: [5, 4, 3, 2] }, { shape: [9, 2] }])(
  'normalises a batch and has its gradient: [$shape]',
  ({ shape }) => {
    const axes = [...shape.slice(0, -1).keys()];
    const some = (size: number[], seed: number) => tf.randomNormal(size, 3, 2, 'float32', seed);
    const inputs = [some(shape, 1), some([2], 2), some([2], 3)] as [tf.Tensor, tf.Tensor, tf.Tensor];
    const dy = some(shape, 4);
    const composition = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
      const { mean, variance } = tf.moments(x, axes);
      return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 0.1))), gamma), beta);
    };
    const expected = tf.valueAndGrads((x, gamma, beta) => composition(x!, gamma!, beta!))(inputs, dy);
    const moments = tf.moments(inputs[0], axes);

    const before = tf.memory().numTensors;
    const run = (name: string, tensors: tf.NamedTensorMap): tf.Tensor[] =>
      tf.engine().runKernel(name, tensors, { epsilon: 0.1 });
    const [x, gamma, beta] = inputs;
    const [y, mean, variance] = run('BatchNormTraining', { x, gamma, beta }) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const gradients = run('BatchNormTrainingGrad', { dy, x, gamma, mean, variance });
    expect(tf.memory().numTensors).toBe(before + 6);
    expect(tf.getBackend()).toBe(engineName);

    expect(y).toBeAllClose(expected.value);
    expect(mean).toBeAllClose(moments.mean);
    expect(variance).toBeAllClose(moments.variance);
    gradients.forEach((gradient, index) => {
      expect(gradient).toBeAllClose(expected.grads[index]!, { relative: 1e-4 });
    });
  },
);
