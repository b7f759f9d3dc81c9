import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { expectGradients } from '../../../test/gradient';
import { cnnConfig } from './check-config';
import { cnn } from './cnn';
import { baselineConfig } from './presets/baseline';
import { smallCnnConfig } from './presets/small';
import { cnnWeightShapes } from './weight-shapes';

const config = cnnConfig({
  image: { height: 9, width: 8, channels: 2, mean: 0.2, standardDeviation: 0.5 },
  classes: 4,
  convolutions: [
    { filters: 3, kernelSize: 3, strides: 1, pool: 2 },
    { filters: 5, kernelSize: 3, strides: 2 },
  ],
  dense: [6, 7],
});

const someImages = (batch: number) => tf.randomUniform<tf.Rank.R4>([batch, 9, 8, 2], 0, 1, 'float32', 7);
const labels = () => tf.tensor1d([0, 1, 3], 'int32');

test.each([
  { name: "the paper's baseline", config: baselineConfig, parameters: 35_445_522 },
  { name: 'the small network', config: smallCnnConfig, parameters: 8_209_130 },
])('$name has $parameters parameters', ({ config, parameters }) => {
  const trained = Object.entries(cnnWeightShapes(config)).filter(([name]) => name !== 'dropout/step');
  const size = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
  expect(trained.reduce((sum, [, shape]) => sum + size(shape), 0)).toBe(parameters);
});

test('names and shapes of the weights follow from the configuration', () => {
  const network = cnn(config);
  const found = Object.entries(network.variables).map(([name, { shape }]) => [name, shape]);
  expect(Object.fromEntries(found)).toEqual(cnnWeightShapes(config));
  network.dispose();
});

test('the loss is the negative logarithm of the probability that the model predicts', () => {
  const network = cnn(config);
  expect(network.inference.outputNames).toEqual(['probabilities']);
  const probabilities = network.inference.predict(someImages(3)) as tf.Tensor2D;
  const rows = probabilities.arraySync();
  const { loss, accuracy, scores } = network.evaluate({ images: someImages(3), labels: labels() });
  expect(scores!).toBeAllClose(probabilities);
  expect(loss!).toBeAllClose([0, 1, 3].map((label, row) => -Math.log(rows[row]![label]!)));
  expect(accuracy!).toBeAllClose(
    [0, 1, 3].map((label, row) => Number(rows[row]![label]! === Math.max(...rows[row]!))),
  );
  network.dispose();
});

test('along the gradient of each weight the loss rises by its length', () => {
  const network = cnn({ ...config, dropout: 0 });
  const batch = { images: someImages(3), labels: labels() };
  expectGradients(network.variables, () => network.loss(batch).loss);
  network.dispose();
});

test('dropout draws other masks in every step, and the same in every run', () => {
  const batch = { images: someImages(3), labels: labels() };
  const losses = (network: ReturnType<typeof cnn>, steps: number) =>
    Array.from({ length: steps }, () => network.loss(batch).loss.dataSync()[0]!);
  const [first, second] = [cnn(config), cnn(config)];
  const straight = losses(first, 4);
  expect(new Set(straight).size).toBeGreaterThan(1);
  losses(second, 2);
  // As a checkpoint would be taken up: the counter is among the weights.
  const resumed = cnn(config);
  for (const [name, variable] of Object.entries(second.variables)) resumed.variables[name]!.assign(variable);
  expect(losses(resumed, 2)).toEqual(straight.slice(2));
  for (const network of [first, second, resumed]) network.dispose();
});

test('no tensors stay behind, neither of a step nor of a network', () => {
  const batch = { images: someImages(3), labels: labels() };
  const before = tf.memory().numTensors;
  const network = cnn(config);
  const withNetwork = tf.memory().numTensors;
  for (let step = 0; step < 3; step++) {
    tf.dispose(tf.tidy(() => tf.variableGrads(() => network.loss(batch).loss)));
    tf.dispose(network.evaluate(batch));
  }
  expect(tf.memory().numTensors).toBe(withNetwork);
  network.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test.each([
  [{ dropout: 1 }, 'cnn: dropout: expected less than 1, found 1'],
  [{ dense: [0] }, 'dense.0: expected at least 1, found 0'],
  [{ routing: {} }, 'unknown key routing'],
  [
    { convolutions: [{ filters: 1, kernelSize: 3, strides: 4, pool: 3 }] },
    'convolutions.0.pool: expected at most 2, what is left of the image, found 3',
  ],
])('refuses %o', (change, message) => {
  expect(() => cnn({ ...config, ...(change as object) })).toThrow(message);
});
