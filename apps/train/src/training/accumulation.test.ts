import { pickBackend } from '@capsnet/backend';
import { buildNetwork, emConfig, type NetworkOptions, smallCnnConfig } from '@capsnet/core';
import type { ImageBatch } from '@capsnet/data/node';
import { evaluationBatches, loadMnist, take } from '@capsnet/mnist/node';
import { train } from '@capsnet/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { barsSettings } from '../../test/bars';

beforeAll(async () => {
  await pickBackend({ only: 'wasm' });
});

const small = {
  ...barsSettings.model,
  convolutions: [{ filters: 8, kernelSize: 9, strides: 2 }],
  primary: { channels: 2, dim: 4, kernelSize: 5, strides: 2 },
};

/** Every routing and every loss of class capsules, and the network without capsules. */
const networks: Readonly<Record<string, NetworkOptions>> = {
  'margin loss': small,
  'plain margins': { ...small, loss: { type: 'margin', squared: false } },
  'spread loss': { ...small, loss: { type: 'spread', steps: 10 } },
  'reconstruction by the mean': {
    ...small,
    decoder: { hidden: [16], reduction: 'mean', maskBy: 'prediction' },
  },
  'self-attention': { ...small, routing: { type: 'self-attention' } },
  'EM routing': {
    ...emConfig,
    convolutions: [{ filters: 8, kernelSize: 5, strides: 2 }],
    primary: { channels: 2, dim: 16, kernelSize: 5, strides: 2 },
    hidden: [],
  },
  'cross-entropy': { ...smallCnnConfig, dense: [] },
};

/** Gradients and metrics of the first step. */
async function firstStep(model: NetworkOptions, rows: number, accumulate: number) {
  const net = buildNetwork(model);
  const source = evaluationBatches(take((await loadMnist()).train, rows), { batchSize: rows });
  const gradients: Record<string, Float32Array> = {};
  let metrics: Readonly<Record<string, number>> = {};
  const steps = train<ImageBatch>(net, source, { epochs: 1, accumulate, inspectEvery: 1 });
  for await (const event of steps) {
    if (event.type === 'step') metrics = event.metrics;
    if (event.type !== 'inspection') continue;
    for (const [name, gradient] of Object.entries(event.gradients))
      gradients[name] = (await gradient.data()) as Float32Array;
    const step = net.variables['loss/step'];
    if (step) expect([...step.dataSync()]).toEqual([1]);
  }
  net.dispose();
  return { gradients, metrics };
}

describe.each(Object.entries(networks))('%s', (_, model) => {
  it.each([
    [12, 4],
    [13, 4],
    [7, 5],
    [5, 5],
  ])('%i images in %i parts have the gradient of all at once', async (rows, parts) => {
    const [whole, found] = [await firstStep(model, rows, 1), await firstStep(model, rows, parts)];
    for (const [name, value] of Object.entries(whole.metrics))
      expect(found.metrics[name]).toBeCloseTo(value, 4);
    for (const [name, gradient] of Object.entries(whole.gradients)) {
      const norm = Math.hypot(...gradient);
      const difference = Math.hypot(...gradient.map((value, i) => value - found.gradients[name]![i]!));
      expect(difference / Math.max(norm, 1e-6), name).toBeLessThan(1e-4);
    }
  });
});

it('takes the memory of one part, and of one copy of the gradients', async () => {
  const net = buildNetwork({ ...small, decoder: null });
  const { train: images } = await loadMnist();
  const peakOf = async (rows: number, accumulate: number) => {
    const source = evaluationBatches(take(images, rows), { batchSize: rows });
    const before = tf.memory().numBytes;
    const { peakBytes } = await tf.profile(async () => {
      for await (const _ of train<ImageBatch>(net, source, { epochs: 1, accumulate }));
    });
    return peakBytes - before;
  };
  const weights = Object.values(net.variables).reduce((sum, { size }) => sum + 4 * size, 0);
  const pixels = 4 * 28 * 28;
  await peakOf(8, 1);
  const [part, whole, inParts] = [await peakOf(8, 1), await peakOf(64, 1), await peakOf(64, 8)];
  expect(whole).toBeGreaterThan(4 * part);
  // The images of the whole batch, whose share is a copy, are there besides.
  expect(inParts).toBeLessThan(1.1 * part + 2 * weights + 64 * pixels);
  net.dispose();
});
