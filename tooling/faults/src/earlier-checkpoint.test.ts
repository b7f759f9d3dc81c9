import { cpSync } from 'node:fs';
import { type Batch, type BatchSource, type Trainable, type TrainEvent, train } from '@capsnet/trainer';
import { folderStore } from '@capsnet/trainer/node';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { useBackend } from './backends';
import { corpusPath } from './corpus';
import { temporaryFolder } from './training';

const name = 'step-00000003';

// Earlier versions called the fingerprint of a run its owner.
test('a checkpoint of an earlier version is gone on from', async context => {
  await useBackend(context, 'wasm');
  const folder = temporaryFolder();
  cpSync(corpusPath('checkpoint'), folder, { recursive: true });
  const written = await folderStore(folder).read(name);
  expect(written.state).toHaveProperty('owner', { classes: 3 });

  const trained = new Set(Object.keys(written.average!));
  const variables = Object.fromEntries(
    Object.entries(written.weights).map(([name, weights]) => [
      name,
      tf.variable(tf.zerosLike(weights), trained.has(name)),
    ]),
  );
  // That of the corpus is no state of Adam.
  const withoutMoments = () => ({
    learningRate: 0,
    apply() {},
    state: () => ({}),
    restore() {},
    dispose() {},
  });
  const model: Trainable<Batch> = {
    variables,
    loss: () => ({
      loss: tf.addN([...trained].map(name => tf.sum(tf.square(variables[name]!)))) as tf.Scalar,
      metrics: {},
    }),
    evaluate: () => ({ loss: tf.zeros([1]) }),
  };
  let state: unknown;
  const source: BatchSource<Batch> = {
    batchesPerEpoch: 5,
    next: () => ({ count: 1, dispose() {} }),
    state: () => 0,
    restore: saved => {
      state = saved;
    },
  };
  const resumed = async (fingerprint: { classes: number }) => {
    const events: TrainEvent[] = [];
    const store = folderStore(folder);
    const options = {
      epochs: 1,
      optimizer: withoutMoments,
      averageDecay: 0.9,
      store,
      resume: true,
      fingerprint,
    };
    for await (const event of train(model, source, options)) {
      events.push(event);
      if (event.type === 'start') break;
    }
    return events;
  };
  await expect(resumed({ classes: 4 })).rejects.toMatchObject({
    name: 'WrongFingerprint',
    differences: ['fingerprint.classes: 3 in the checkpoint, 4 here'],
  });
  expect(await resumed({ classes: 3 })).toMatchObject([{ step: 3, resumedFrom: name }]);
  expect(state).toEqual(written.state.source);
  for (const [name, weights] of Object.entries(written.weights)) {
    expect(await variables[name]!.data(), name).toEqual(await weights.data());
  }
});
