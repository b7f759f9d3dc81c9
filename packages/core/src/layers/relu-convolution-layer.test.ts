import * as tf from '@tensorflow/tfjs-core';
import { initializers, input, layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { savedAndLoaded } from '../../test/saved-and-loaded';
import { ReluConvolution } from './relu-convolution-layer';

const options = { filters: 16, kernelSize: 3, strides: 2 };
const images = () => tf.randomNormal<tf.Rank.R4>([2, 9, 8, 3], 0, 1, 'float32', 5);
/** A network of one such layer, whose bias is not 0. */
function network() {
  const bias = initializers.randomNormal({ seed: 2 });
  const kernel = initializers.glorotUniform({ seed: 1 });
  const layer = new ReluConvolution({
    ...options,
    inputShape: [9, 8, 3],
    name: 'conv1',
    kernelInitializer: kernel,
    biasInitializer: bias,
  });
  return { layer, network: sequential({ layers: [layer] }) };
}

test.each([
  { filters: 16, kernelSize: 3, strides: 1 },
  { filters: 5, kernelSize: 3, strides: 2 },
  { filters: 32, kernelSize: 5, strides: 3 },
])('computes what tf.layers.conv2d with ReLU does, with the same weights: %o', settings => {
  const ours = new ReluConvolution({ ...settings, biasInitializer: initializers.randomNormal({ seed: 1 }) });
  const theirs = layers.conv2d({ ...settings, activation: 'relu' });
  const x = images();
  const found = ours.apply(x) as tf.Tensor;
  theirs.build([null, 9, 8, 3]);
  theirs.setWeights(ours.getWeights());
  expect(found).toBeAllClose(theirs.apply(x) as tf.Tensor);
  expect(ours.computeOutputShape(x.shape)).toEqual(found.shape);
});

test('is saved and loaded with the same outputs, and its configuration', async () => {
  const { layer, network: original } = network();
  const loaded = await savedAndLoaded(original);
  const expected = original.predict(images()) as tf.Tensor;
  expect(loaded.predict(images()) as tf.Tensor).toBeAllClose(expected, { relative: 0 });
  const [again] = loaded.layers;
  expect(again).toBeInstanceOf(ReluConvolution);
  expect(JSON.stringify(again!.getConfig())).toBe(JSON.stringify(layer.getConfig()));
});

test('its configuration says all that makes another of the same kind', () => {
  const { layer } = network();
  expect(layer.getConfig()).toMatchObject({
    ...options,
    name: 'conv1',
    kernelInitializer: { config: { seed: 1 } },
    biasInitializer: { className: 'RandomNormal', config: { seed: 2 } },
  });
  const defaults = new ReluConvolution({ filters: 2, kernelSize: 3 }).getConfig();
  expect(defaults).toMatchObject({ strides: 1, biasInitializer: { className: 'Zeros' } });
});

test('takes images of unknown size, and leaves no tensors but its result', () => {
  const layer = new ReluConvolution(options);
  const symbolic = layer.apply(input({ shape: [null, null, 3] })) as unknown as { shape: unknown };
  expect(symbolic.shape).toEqual([null, null, null, 16]);
  const x = images();
  const before = tf.memory().numTensors;
  const y = layer.apply(x) as tf.Tensor;
  expect(tf.memory().numTensors).toBe(before + 1);
  expect(y.shape).toEqual([2, 4, 3, 16]);
});

test.each([
  [[9, 3], 'expected an input [batch, height, width, channels], found [batch, 9, 3]'],
  [[9, 8, null], 'expected a known number of channels (axis 3), found [batch, 9, 8, ?]'],
  [[9, 2, 3], 'expected at least 3x3 for its kernel, found [batch, 9, 2, 3]'],
])('refuses an input [batch, %o]', (shape, message) => {
  const layer = new ReluConvolution({ ...options, name: 'conv1' });
  expect(() => layer.apply(input({ shape }))).toThrow(`ReluConvolution "conv1": ${message}`);
});

test.each([
  [{ ...options, filters: 0 }, 'filters to be a positive integer, found 0'],
  [{ ...options, kernelSize: 2.5 }, 'kernelSize to be a positive integer, found 2.5'],
  [{ ...options, strides: -1 }, 'strides to be a positive integer, found -1'],
])('refuses the options %o', (wrong, message) => {
  expect(() => new ReluConvolution({ ...wrong, name: 'conv1' })).toThrow(
    `ReluConvolution "conv1": expected ${message}`,
  );
});

test('refuses images of other sizes when it is built', () => {
  const layer = new ReluConvolution({ ...options, name: 'conv1' });
  layer.apply(images());
  expect(() => layer.apply(tf.zeros([2, 9, 8, 4]))).toThrow();
  // tfjs would take it, and its wasm backend write where it must not.
  expect(() => layer.apply(tf.zeros([2, 2, 8, 3]))).toThrow(
    'ReluConvolution "conv1": expected at least 3x3 for its kernel, found [2, 2, 8, 3]',
  );
});
