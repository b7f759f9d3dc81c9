import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bits, network, type Points, trainingPoints, variableOf } from '../../test/network';
import type { Optimizer, Trainable } from '../interfaces';
import { findRate, type RateStep, suggestRate } from './find-rate';

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
});

/** Plain gradient descent. */
const descent = (variables: Trainable<Points>['variables']): Optimizer => ({
  learningRate: 0,
  apply(gradients) {
    tf.tidy(() => {
      for (const [name, gradient] of Object.entries(gradients))
        variables[name]!.assign(tf.sub(variables[name]!, tf.mul(gradient, this.learningRate)));
    });
  },
  state: () => ({}),
  restore() {},
  dispose() {},
});

/** The loss c / 2 w^2, of which gradient descent gets away from 2 / c on, and comes to 0 at once at 1 / c. */
function bowl(c: number) {
  const w = variableOf([1]);
  const trainable: Trainable<Points> = {
    variables: { w },
    loss: () => ({ loss: tf.mul(c / 2, tf.sum(tf.square(w))) as tf.Scalar, metrics: {} }),
    evaluate: () => ({ loss: tf.zeros([8]) }),
  };
  return { trainable, w };
}

describe('findRate', () => {
  it.each([10, 1000])(
    'of a parabola of curvature %i grows to what it cannot bear, and suggests less',
    async c => {
      const { trainable, w } = bowl(c);
      const { steps, suggestion } = await findRate(trainable, trainingPoints(), {
        from: 1e-3 / c,
        to: 1e3 / c,
        optimizer: descent,
      });
      // What is known of the parabola: w shrinks by 1 - rate c in each step.
      let expected = 1;
      for (const { rate, loss } of steps) {
        expect(loss / ((c / 2) * expected ** 2)).toBeCloseTo(1, 2);
        expected *= 1 - rate * c;
        if (expected ** 2 < 1e-6) break;
      }
      expect(suggestion! * c).toBeGreaterThan(0.05);
      expect(suggestion! * c).toBeLessThan(2);
      w.dispose();
    },
  );

  it('leaves weights and source as they were, and trains at rates that grow exponentially', async () => {
    const model = network();
    const source = trainingPoints({ batchesPerEpoch: 4 });
    (await source.next()).dispose();
    const [weights, state] = [bits(model.variables), source.state()];
    const heard: RateStep[] = [];
    const { steps } = await findRate(model, source, {
      from: 1e-5,
      to: 1e-1,
      steps: 9,
      onStep: s => heard.push(s),
    });
    expect(bits(model.variables)).toEqual(weights);
    expect(source.state()).toEqual(state);
    expect(heard).toEqual(steps);
    expect(steps).toHaveLength(9);
    for (const [i, { rate }] of steps.entries()) expect(rate).toBeCloseTo(10 ** (-5 + i / 2), 12);
    expect(steps[0]!.smoothed).toBeCloseTo(steps[0]!.loss, 12);
    model.dispose();
  });

  it('ends where the loss explodes or is no number', async () => {
    const { trainable, w } = bowl(1e6);
    const found = await findRate(trainable, trainingPoints(), { from: 1e-9, to: 1e9, optimizer: descent });
    expect(found.steps.length).toBeLessThan(100);
    expect([...w.dataSync()]).toEqual([1]);
    const { loss } = trainable;
    const broken = {
      ...trainable,
      loss: (batch: Points) => ({ ...loss(batch), loss: tf.mul(loss(batch).loss, Number.NaN) }),
    };
    expect(await findRate(broken as never, trainingPoints())).toEqual({ steps: [], suggestion: null });
    w.dispose();
  });

  it('says what cannot be', async () => {
    const { trainable, w } = bowl(1);
    const find = (options: object) => findRate(trainable, trainingPoints(), options);
    await expect(find({ from: 0 })).rejects.toThrow('findRate: expected rates from above 0 to a higher one');
    await expect(find({ from: 2 })).rejects.toThrow('findRate: expected rates from above 0 to a higher one');
    await expect(find({ steps: 1 })).rejects.toThrow(
      'findRate: expected steps to be an integer from 2, found 1',
    );
    await expect(find({ step: 1 })).rejects.toThrow('step');
    w.dispose();
  });
});

it('suggests a tenth of the rate at which the smoothed loss is lowest', () => {
  const steps = (smoothed: readonly number[]) =>
    smoothed.map((value, i) => ({ rate: 10 ** i, loss: value, smoothed: value, metrics: {} }));
  expect(suggestRate(steps([5, 4, 2, 3, 9]))).toBe(10);
  expect(suggestRate(steps([1, 2, 3]))).toBeNull();
  expect(suggestRate([])).toBeNull();
});
