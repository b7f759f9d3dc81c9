import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bits, random, variableOf } from '../../test/network';
import type { NamedTensors } from '../interfaces';
import { type AdamOptions, adam } from './adam';

/** Adam in float64, written down from the paper. */
function paperAdam(p: number[], gradients: number[][], rates: number[], options: AdamOptions): number[] {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const weights = [...p];
  const m = p.map(() => 0);
  const v = p.map(() => 0);
  gradients.forEach((gradient, index) => {
    const t = index + 1;
    gradient.forEach((g, i) => {
      m[i] = beta1 * m[i]! + (1 - beta1) * g;
      v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
      const mHat = m[i]! / (1 - beta1 ** t);
      const vHat = v[i]! / (1 - beta2 ** t);
      weights[i]! -= (rates[index]! * mHat) / (Math.sqrt(vHat) + epsilon);
    });
  });
  return weights;
}

const start = [0.5, -1.5, 2, 0, 0.25, -0.125];

function variables() {
  return {
    kernel: variableOf(start, [2, 3]),
    bias: variableOf(start),
  };
}

function steps(count: number, scale: number, seed = 1): number[][] {
  const numbers = random(seed);
  return Array.from({ length: count }, () => start.map(() => (numbers.next() * 2 - 1) * scale));
}

function gradientsOf(values: number[]): NamedTensors {
  return { kernel: tf.tensor2d(values, [2, 3]), bias: tf.tensor1d(values.map(value => -value)) };
}

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
});

describe.each<{ title: string; scale: number; options: AdamOptions }>([
  { title: 'with the default settings', scale: 1, options: {} },
  { title: 'where epsilon outweighs the gradients', scale: 1e-8, options: {} },
  { title: 'with other settings', scale: 0.1, options: { beta1: 0.5, beta2: 0.9, epsilon: 0.01 } },
])('$title', ({ scale, options }) => {
  it('follows the paper', () => {
    const trained = variables();
    const optimizer = adam(trained, options);
    const gradients = steps(20, scale);
    const rates = gradients.map((_, i) => 0.1 / (i + 1));
    gradients.forEach((values, i) => {
      const tensors = gradientsOf(values);
      optimizer.learningRate = rates[i]!;
      optimizer.apply(tensors);
      tf.dispose(tensors);
    });
    expect(trained.kernel).toBeAllClose({
      shape: [2, 3],
      data: paperAdam(start, gradients, rates, options),
    });
    const negated = gradients.map(values => values.map(value => -value));
    expect(trained.bias).toBeAllClose({ shape: [6], data: paperAdam(start, negated, rates, options) });
    optimizer.dispose();
    tf.dispose(trained);
  });
});

it('goes on bit for bit from its state', () => {
  const gradients = steps(12, 1);
  const [whole, halves] = [variables(), variables()];
  const apply = (optimizer: ReturnType<typeof adam>, some: number[][]) => {
    for (const values of some) {
      const tensors = gradientsOf(values);
      optimizer.apply(tensors);
      tf.dispose(tensors);
    }
  };
  const straight = adam(whole);
  apply(straight, gradients);

  const first = adam(halves);
  apply(first, gradients.slice(0, 5));
  const state = first.state();
  expect(Object.keys(state).sort()).toEqual(['bias/m', 'bias/v', 'kernel/m', 'kernel/v', 'step']);
  expect(state.step!.dataSync()[0]).toBe(5);
  first.dispose();
  const second = adam(halves);
  second.restore(state);
  tf.dispose(state);
  apply(second, gradients.slice(5));

  expect(bits(halves)).toEqual(bits(whole));
  straight.dispose();
  second.dispose();
  tf.dispose([whole, halves]);
});

it('gives its state as copies', () => {
  const trained = variables();
  const optimizer = adam(trained);
  const state = optimizer.state();
  const gradients = gradientsOf([1, 1, 1, 1, 1, 1]);
  optimizer.apply(gradients);
  expect(Array.from(state['kernel/m']!.dataSync())).toEqual([0, 0, 0, 0, 0, 0]);
  tf.dispose(state);
  optimizer.apply(gradients);
  optimizer.dispose();
  tf.dispose([gradients, trained]);
});

it('names a variable without a gradient, and moves none', () => {
  const trained = variables();
  const optimizer = adam(trained);
  const gradients = gradientsOf(start);
  expect(() => optimizer.apply({ kernel: gradients.kernel! })).toThrow(/found none of "bias"/);
  expect(Array.from(trained.kernel.dataSync())).toEqual(start);
  optimizer.dispose();
  tf.dispose([gradients, trained]);
});

it('refuses the state of other variables, and keeps its own', () => {
  const trained = variables();
  const optimizer = adam(trained);
  const good = optimizer.state();
  const wrong = { ...good, 'bias/v': tf.zeros([7]) };
  expect(() => optimizer.restore(wrong)).toThrow('adam: expected a saved "bias/v" of shape [6], found [7]');
  const { 'kernel/m': _, ...missing } = good;
  expect(() => optimizer.restore(missing)).toThrow(
    'adam: expected a saved "kernel/m" of shape [2,3], found none',
  );
  const negative = { ...good, step: tf.scalar(-1, 'int32') };
  expect(() => optimizer.restore(negative)).toThrow('expected a saved step of 0 or more, found -1');
  const after = optimizer.state();
  expect(bits(after)).toEqual(bits(good));
  optimizer.dispose();
  tf.dispose([good, wrong['bias/v'], negative.step, after, trained]);
});
