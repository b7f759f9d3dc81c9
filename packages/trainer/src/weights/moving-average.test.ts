import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bits, variableOf } from '../../test/network';
import { movingAverage } from './moving-average';

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
});

/** Weights after each step. */
const history = [1, 4, -2, 0.5, 8, 3].map(value => [value, value / 3]);

function follow(average: ReturnType<typeof movingAverage>, variable: tf.Variable, from: number, to: number) {
  for (let step = from; step <= to; step++) {
    const weights = tf.tensor1d(history[step - 1]!);
    variable.assign(weights);
    weights.dispose();
    average.update(step);
  }
}

it('is the sum of all weights by powers of the decay, divided by the sum of those', () => {
  const decay = 0.7;
  const w = variableOf([100, -100]);
  const average = movingAverage({ w }, decay);
  for (let t = 1; t <= history.length; t++) {
    follow(average, w, t, t);
    const coefficients = history.slice(0, t).map((_, i) => decay ** (t - 1 - i));
    const total = coefficients.reduce((sum, coefficient) => sum + coefficient);
    const expected = [0, 1].map(
      column => coefficients.reduce((sum, c, i) => sum + c * history[i]![column]!, 0) / total,
    );
    expect(average.tensors().w!).toBeAllClose({ shape: [2], data: expected });
  }
  average.dispose();
  w.dispose();
});

it('stands in for the weights and gives them back, bit for bit', async () => {
  const w = variableOf([0, 0]);
  const average = movingAverage({ w }, 0.9);
  follow(average, w, 1, 4);
  const weights = bits({ w });
  expect(bits(average.tensors())).not.toEqual(weights);
  await average.during(async () => {
    await tf.nextFrame();
    expect(bits({ w })).toEqual(bits(average.tensors()));
  });
  expect(bits({ w })).toEqual(weights);
  await expect(average.during(() => Promise.reject(new Error('evaluation failed')))).rejects.toThrow(
    'evaluation failed',
  );
  expect(bits({ w })).toEqual(weights);
  average.dispose();
  w.dispose();
});

it('goes on bit for bit from what was saved', () => {
  const w = variableOf([0, 0]);
  const whole = movingAverage({ w }, 0.9);
  follow(whole, w, 1, 6);
  const first = movingAverage({ w }, 0.9);
  follow(first, w, 1, 3);
  const second = movingAverage({ w }, 0.9);
  second.restore(first.tensors());
  first.dispose();
  follow(second, w, 4, 6);
  expect(bits(second.tensors())).toEqual(bits(whole.tensors()));
  whole.dispose();
  second.dispose();
  w.dispose();
});
