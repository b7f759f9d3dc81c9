import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bits, fixedPoints, network, type Points, trainingPoints } from '../../test/network';
import { folderStore } from '../checkpoints/folder-store';
import type { TrainEvent } from './events';
import { train } from './train';
import type { TrainOptions } from './train-options';

// What train.test.ts shows with a store in memory, once more with files.

let folder = '';
let before = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capsnet-train-'));
  before = tf.memory().numTensors;
});
afterEach(async () => {
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
  await rm(folder, { recursive: true });
});

const options = (): TrainOptions<Points> => ({
  epochs: 3,
  clipNorm: 0.02,
  averageDecay: 0.8,
  validation: { source: fixedPoints().source, perEpoch: 2 },
  test: fixedPoints({ seed: 9 }).source,
  store: folderStore(folder),
  resume: true,
});

/** The events of a run, and the weights that it ends with. */
async function run(seed: number, { abortAt = 0 } = {}) {
  const model = network({ seed });
  const abort = new AbortController();
  const events: TrainEvent[] = [];
  for await (const event of train(model, trainingPoints(), { ...options(), signal: abort.signal })) {
    events.push(event);
    if (event.type === 'step' && event.step === abortAt) abort.abort();
  }
  const weights = bits(model.variables);
  model.dispose();
  return { events, weights };
}

it.each(['intact', 'damaged'])(
  'goes on bit for bit from a folder whose newest checkpoint is %s',
  async newest => {
    const whole = await run(3);
    await rm(folder, { recursive: true });

    await run(3, { abortAt: 8 });
    const entries = await folderStore(folder).list();
    const [previous, last] = entries.slice(-2);
    expect(last!.step).toBe(8);
    if (newest === 'damaged') await truncate(join(folder, last!.name, 'optimizer.safetensors'), 100);

    const rest = await run(4);
    expect(rest.events[0]).toMatchObject(
      newest === 'intact'
        ? { resumedFrom: last!.name, step: 8, damaged: [] }
        : {
            resumedFrom: previous!.name,
            step: 6,
            damaged: [{ name: last!.name, reason: expect.stringContaining('optimizer.safetensors') }],
          },
    );
    expect(rest.events.slice(-2)).toEqual(whole.events.slice(-2));
    expect(rest.weights).toEqual(whole.weights);
  },
);
