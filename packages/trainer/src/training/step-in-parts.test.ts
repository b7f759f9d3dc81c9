import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { bits, network, type Points, trainingPoints, variableOf } from '../../test/network';
import type { Trainable } from '../interfaces';
import { constant } from '../schedules/constant';
import { computeInParts } from './step-in-parts';
import { computeGradients } from './take-step';
import { train } from './train';

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
});

/** A network that counts its calls, and keeps a mean of what it has seen, as batch normalisation does. */
function counting(model: ReturnType<typeof network>) {
  const count = variableOf([7], [], false);
  const moving = variableOf([0, 0], [2], false);
  const trainable: Trainable<Points> = {
    ...model,
    variables: { ...model.variables, count, moving },
    loss(batch) {
      tf.tidy(() => {
        count.assign(tf.add(count, 1));
        moving.assign(tf.add(tf.mul(moving, 0.9), tf.mul(tf.mean(batch.points, 0), 0.1)) as tf.Tensor1D);
      });
      return model.loss(batch);
    },
  };
  return { trainable, count, moving, dispose: () => tf.dispose([count, moving]) };
}

const numRuns = inject('backend') === 'webgl' ? 3 : 30;

it('the mean gradient of the parts is that of the batch, however uneven they are', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 23 }),
      fc.integer({ min: 1, max: 23 }),
      fc.integer({ min: 0, max: 1000 }),
      async (rows, wanted, seed) => {
        const parts = Math.min(rows, wanted);
        const model = network({ seed });
        const batch = await trainingPoints({ seed, batchSize: rows }).next();
        const { scale, ...trained } = model.variables;
        const [whole, found] = [
          computeGradients(model, batch, trained),
          computeInParts(model, batch, { trained, untrained: { scale: scale! }, parts }),
        ];
        expect(found.names).toEqual(whole.names);
        expect(found.values).toBeAllClose([...whole.values.dataSync()], { relative: 1e-4, absolute: 1e-5 });
        expect(Object.keys(found.gradients)).toEqual(Object.keys(whole.gradients));
        for (const [name, gradient] of Object.entries(whole.gradients)) {
          expect(found.gradients[name]!).toBeAllClose(
            { shape: gradient.shape, data: [...gradient.dataSync()] },
            { relative: 1e-4, absolute: 1e-6 },
          );
        }
        tf.dispose([whole.gradients, whole.values, found.gradients, found.values]);
        batch.dispose();
        model.dispose();
      },
    ),
    { numRuns },
  );
});

it('what the loss changes besides is changed once, by the mean of the parts', async () => {
  const model = network();
  const { trainable, count, moving, dispose } = counting(model);
  const batch = await trainingPoints({ batchSize: 7 }).next();
  const mean = tf.tidy(() => [...tf.mul(tf.mean(batch.points, 0), 0.1).dataSync()]);
  const { scale, ...trained } = model.variables;
  const untrained = { scale: scale!, count, moving };
  const unchanged = bits({ scale: scale! });
  const { gradients, values } = computeInParts(trainable, batch, { trained, untrained, parts: 3 });
  // Not 8.000001: it is a count.
  expect([...count.dataSync()]).toEqual([8]);
  expect(moving).toBeAllClose(mean, { relative: 1e-4, absolute: 1e-6 });
  expect(bits({ scale: scale! })).toEqual(unchanged);
  tf.dispose([gradients, values]);
  batch.dispose();
  dispose();
  model.dispose();
});

it('a training in parts ends where one without does, and is the same from run to run', async () => {
  const trained = async (accumulate?: number) => {
    const model = network();
    const rates: number[] = [];
    const options = { epochs: 2, schedule: constant(0.02), clipNorm: 0.3, averageDecay: 0.8, accumulate };
    for await (const event of train(model, trainingPoints({ batchSize: 13 }), options))
      if (event.type === 'step') rates.push(event.examples);
    return { model, rates };
  };
  const [whole, parts, again] = [await trained(), await trained(4), await trained(4)];
  expect(parts.rates).toEqual(whole.rates);
  expect(bits(parts.model.variables)).toEqual(bits(again.model.variables));
  for (const [name, variable] of Object.entries(whole.model.variables)) {
    expect(parts.model.variables[name]!).toBeAllClose(
      { shape: variable.shape, data: [...variable.dataSync()] },
      { relative: 1e-3, absolute: 1e-4 },
    );
  }
  for (const { model } of [whole, parts, again]) model.dispose();
});

it('says what cannot be', async () => {
  const model = network();
  const run = async (accumulate: number) => {
    for await (const _ of train(model, trainingPoints({ batchSize: 3 }), { epochs: 1, accumulate }));
  };
  await expect(run(4)).rejects.toThrow(
    'train: expected batches of at least 4 rows, one for each part to accumulate, found 3',
  );
  await expect(run(0)).rejects.toThrow('train: expected accumulate to be a positive integer, found 0');
  model.dispose();
});
