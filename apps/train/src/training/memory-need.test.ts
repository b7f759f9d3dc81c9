import { pickBackend } from '@capsnet/backend';
import { loadMnist, take } from '@capsnet/mnist/node';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { barsSettings } from '../../test/bars';
import { presets } from '../config/presets';
import { resolveConfig } from '../config/resolve';
import { memoryNeed, noteMemory } from './memory-need';

beforeAll(async () => {
  await pickBackend({ only: 'cpu' });
});

const config = resolveConfig(presets.paper, barsSettings);
const splitsOf = async () => {
  const { train, test } = await loadMnist();
  return { train: take(train, 9), validation: undefined, test: take(test, 9) };
};

it('of a step of many images is about what a step of so many takes', async () => {
  const { numTensors } = tf.memory();
  const of = async (training: object) =>
    memoryNeed(resolveConfig(config, { training }), await splitsOf(), 'cpu');
  const { fixed, perImage } = await of({});
  expect(tf.memory().numTensors).toBe(numTensors);
  // 8 filters on 26x26, forward and backward, at the least
  expect(perImage).toBeGreaterThan(2 * 4 * 8 * 26 * 26);
  expect(perImage).toBeLessThan(40 * 4 * 8 * 26 * 26);
  // The moving average is one more copy of the weights.
  const weights = (await of({ averageDecay: 0.9 })).fixed - fixed;
  expect(fixed).toBeGreaterThan(8 * weights);
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
      /^a step of 128 images needs some \d+ MB of memory, and \d+ MB are free: .* --set training.batchSize=100 would fit$/,
    ),
  ]);
  expect(await notesOf(fixed)).toEqual([expect.stringContaining('No batch of this network would fit')]);
});
