import { nativeAdam } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { type LayerVariable, layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { ofGradients, ofValues } from '../../test/golden';
import { PrimaryCapsules } from '../layers/primary-capsules';
import { convolution2d } from './convolution2d';
import { kernelCache } from './kernel-cache';

const x = () => tf.randomNormal<tf.Rank.R4>([3, 12, 12, 4], 0, 1, 'float32', 1);

/** The same layer twice, with the same weights: one transforms its kernel and keeps that, the other does not need to. */
function twins(): { readonly kept: PrimaryCapsules; readonly direct: PrimaryCapsules } {
  const make = (method: 'bilinear' | 'direct') =>
    new PrimaryCapsules({ channels: 2, dim: 4, kernelSize: 5, strides: 2, method });
  const [kept, direct] = [make('bilinear'), make('direct')];
  for (const layer of [kept, direct]) layer.build([null, 12, 12, 4]);
  direct.setWeights(kept.getWeights());
  return { kept, direct };
}

const kernelOf = ({ weights }: PrimaryCapsules) => (weights as LayerVariable[])[0]!.read() as tf.Variable;

test('a kept transform is not stale after the kernel changed, whoever changed it', () => {
  const { kept, direct } = twins();
  const agree = () =>
    expect(kept.apply(x()) as tf.Tensor).toBeAllClose(direct.apply(x()) as tf.Tensor, ofValues);
  agree();
  agree();
  kernelOf(kept).assign(tf.mul(kernelOf(kept), -2));
  direct.setWeights(kept.getWeights());
  agree();
  // In place, on the native backend
  const kernel = kernelOf(kept);
  nativeAdam({ kernel })?.apply({ kernel: tf.ones(kernel.shape) });
  direct.setWeights(kept.getWeights());
  agree();
});

test('gradients flow through a kept transform', () => {
  const { kept, direct } = twins();
  tf.dispose(kept.apply(x()) as tf.Tensor);
  const ofImages = (layer: PrimaryCapsules) => tf.grad(x => layer.apply(x) as tf.Tensor)(x());
  expect(ofImages(kept)).toBeAllClose(ofImages(direct), ofGradients);
  const ofKernel = (layer: PrimaryCapsules) => {
    const { grads } = tf.variableGrads(() => tf.sum(tf.square(layer.apply(x()) as tf.Tensor)) as tf.Scalar);
    return grads[kernelOf(layer).name]!;
  };
  expect(ofKernel(kept)).toBeAllClose(ofKernel(direct), ofGradients);
});

test('one transform is kept between calls that do not train, none after training or the end', () => {
  const image = x();
  const none = tf.memory().numTensors;
  const layer = new PrimaryCapsules({ channels: 2, dim: 4, kernelSize: 5, strides: 2, method: 'bilinear' });
  const model = sequential();
  model.add(layers.inputLayer({ inputShape: [12, 12, 4] }));
  model.add(layer);
  const before = tf.memory().numTensors;
  for (let call = 0; call < 3; call++) {
    tf.dispose(model.predict(image));
    expect(tf.memory().numTensors).toBe(before + 1);
  }
  tf.dispose(layer.apply(image, { training: true }) as tf.Tensor);
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose(model.predict(image));
  model.dispose();
  expect(tf.memory().numTensors).toBe(none);
});

test('each image size has a transform of its own', () => {
  const cache = kernelCache();
  const kernel = kernelOf(twins().direct) as tf.Variable<tf.Rank.R4>;
  for (const [height, width] of [
    [12, 10],
    [10, 12],
    [12, 10],
  ] as const) {
    const x = tf.randomNormal<tf.Rank.R4>([2, height, width, 4], 0, 1, 'float32', 2);
    const value = convolution2d(x, kernel, 2, { method: 'bilinear', cache });
    expect(value).toBeAllClose(convolution2d(x, kernel, 2, { method: 'direct' }), ofValues);
  }
  cache.clear();
});
