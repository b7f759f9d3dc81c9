import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { classLossSchema } from './class-losses';
import { spread, spreadLoss, spreadLossPerExample, spreadMargin } from './spread-loss';

// By hand, with a margin of .5: right class 1 lies .2 above class 0 and .6 above class 2; right class 2 lies .1 above both.
const activations = () =>
  tf.tensor2d([
    [0.6, 0.8, 0.2],
    [0.3, 0.3, 0.4],
  ]);
const perExample = [0.3 ** 2, 2 * 0.4 ** 2];

test('every wrong class that is nearer than the margin counts, by the square of what is missing', () => {
  const labels = tf.tensor1d([1, 2], 'int32');
  expect(spreadLossPerExample(labels, activations(), { margin: 0.5 })).toBeAllClose(perExample);
  expect(spreadLoss(labels, activations(), { margin: 0.5 })).toBeAllClose([
    (perExample[0]! + perExample[1]!) / 2,
  ]);
  const oneHot = tf.tensor2d([
    [0, 1, 0],
    [0, 0, 1],
  ]);
  expect(spreadLossPerExample(oneHot, activations(), { margin: 0.5 })).toBeAllClose(perExample);
});

test('each of several right classes is compared with each wrong one', () => {
  const targets = tf.tensor2d([
    [1, 1, 0],
    [0, 0, 0],
  ]);
  // .4 and .6 above class 2
  expect(spreadLossPerExample(targets, activations(), { margin: 0.5 })).toBeAllClose([0.1 ** 2, 0]);
});

test('the gradient pulls the right class up and those within the margin down', () => {
  const gradient = tf.grad(x => spreadLoss(tf.tensor1d([1, 2], 'int32'), x, { margin: 0.5 }))(activations());
  // Half of -2 * .3 and 2 * .3; of class 2 in the second row -2 * (.4 + .4), and of each other 2 * .4
  expect(gradient.dataSync()).toBeAllClose([0.3, -0.3, 0, 0.4, 0.4, -0.8]);
});

test.each([
  [0, 0.2],
  [250, 0.375],
  [1000, 0.9],
  [5000, 0.9],
])('at step %i the margin is %d', (step, margin) => {
  expect(spreadMargin(step, { from: 0.2, to: 0.9, steps: 1000 })).toBeAllClose([margin]);
  expect(spreadMargin(tf.scalar(step), { steps: 1000 })).toBeAllClose([margin]);
});

test('as the loss of a network its margin is that of the step, and in evaluation the last one', () => {
  const settings = classLossSchema.parse({ type: 'spread', steps: 1000 }) as Parameters<
    typeof spread.perExample
  >[2];
  expect(settings).toEqual({ type: 'spread', from: 0.2, to: 0.9, steps: 1000 });
  const targets = tf.tensor2d([[0, 1, 0]]);
  const at = (step?: number) =>
    spread.perExample(
      targets,
      tf.tensor2d([[0.6, 0.8, 0.2]]),
      settings,
      step === undefined ? undefined : tf.scalar(step),
    );
  expect(at(0)).toBeAllClose([0], { absolute: 1e-12 });
  expect(at(1000)).toBeAllClose([0.7 ** 2 + 0.3 ** 2]);
  expect(at()).toBeAllClose([0.7 ** 2 + 0.3 ** 2]);
});

test('says what does not fit', () => {
  const wrong = () => spreadLoss(tf.tensor1d([0], 'int32'), tf.zeros([1, 3, 16]));
  expect(wrong).toThrow(CapsnetError);
  expect(wrong).toThrow('spreadLoss: expected activations [batch, classes], found [1,3,16]');
  expect(() => spreadLoss(tf.tensor1d([3], 'int32'), tf.zeros([1, 3]))).toThrow(
    'spreadLoss: expected labels from 0 to 2, found 3 (row 0)',
  );
});
