import { pickBackend } from '@capsnet/backend';
import { buildNetwork } from '@capsnet/core';
import { loadMnist, take } from '@capsnet/mnist/node';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { barsSettings } from '../../test/bars';
import { presets } from '../config/presets';
import { resolveConfig } from '../config/resolve';
import { imagesInOrder } from '../data/batches';
import { memoryNeed, noteMemory } from './memory-need';

beforeAll(async () => {
  await pickBackend({ only: 'cpu' });
});

const config = resolveConfig(presets.paper, barsSettings);
const splitsOf = async () => {
  const { train, test } = await loadMnist();
  return { train: take(train, 9), validation: undefined, test: take(test, 9) };
};

it('of a step of n images is about what a step of n takes', async () => {
  const { numTensors } = tf.memory();
  const of = async (training: object) =>
    memoryNeed(resolveConfig(config, { training }), await splitsOf(), 'cpu');
  const { fixed, perImage } = await of({});
  expect(tf.memory().numTensors).toBe(numTensors);
  // The moving average is one more copy of the weights, of which there are 8: two moments, and 6 elsewhere.
  const weights = (await of({ averageDecay: 0.9 })).fixed - fixed;
  const estimated = fixed - 8 * weights + 8 * perImage;

  const net = buildNetwork(config.model);
  const batch = await imagesInOrder((await splitsOf()).train, config, 8).next();
  const before = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(() =>
    tf.dispose(tf.variableGrads(() => net.loss(batch as never).loss)),
  );
  expect(Math.abs(estimated / (peakBytes - before) - 1)).toBeLessThan(0.03);
  batch.dispose();
  net.dispose();
});

it('is noted when it does not fit, with the largest batch that would', async () => {
  const splits = await splitsOf();
  const { fixed, perImage } = await memoryNeed(config, splits, 'cpu');
  const notesOf = async (available: number) => {
    const notes: string[] = [];
    const output = { note: (line: string) => notes.push(line) };
    await noteMemory({ config, splits, backend: { name: 'cpu' }, output } as never, available);
    return notes;
  };
  expect(await notesOf(fixed + 128 * perImage)).toEqual([]);
  expect(await notesOf(fixed + 100.5 * perImage)).toEqual([
    expect.stringMatching(
      /^a step of 128 images needs some \d+ MB of memory, and \d+ MB are free: .* --accumulate 2 would fit, .* so would --set training.batchSize=100$/,
    ),
  ]);
  const parts = resolveConfig(config, { training: { accumulate: 4 } });
  const inParts: string[] = [];
  const output = { note: (line: string) => inParts.push(line) };
  const job = { config: parts, splits, backend: { name: 'cpu' }, output } as never;
  await noteMemory(job, fixed + 32 * perImage);
  expect(inParts).toEqual([]);
  await noteMemory(job, fixed + 31 * perImage);
  expect(inParts).toEqual([expect.stringMatching(/^a step of 32 images .* --accumulate 5 would fit/)]);
  expect(await notesOf(fixed)).toEqual([expect.stringContaining('No batch of this network would fit')]);
});
