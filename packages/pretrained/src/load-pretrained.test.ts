import type { CapsNet } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, inject, test } from 'vitest';
import capsNetMnistLengths from '../test/golden/capsnet-mnist.json';
import efficientCapsNetMnistLengths from '../test/golden/efficient-capsnet-mnist.json';
import { testImages } from '../test/test-images';
import * as capsNetMnist from './capsnet-mnist';
import * as efficientCapsNetMnist from './efficient-capsnet-mnist';
import { loadPretrained, modelCards, type PretrainedName, pretrainedNames } from './load-pretrained';

// The lengths of the capsules of the first 300 test images, as native found them when the network was published: by the
// trained float32 weights, and by the published ones.
const golden = {
  'capsnet-mnist': capsNetMnistLengths,
  'efficient-capsnet-mnist': efficientCapsNetMnistLengths,
};
const modules = { 'capsnet-mnist': capsNetMnist, 'efficient-capsnet-mnist': efficientCapsNetMnist };

// Plain JavaScript is too slow for all of them, and the browser has ten.
const count = { cpu: 5, webgl: 10, wasm: 300, native: 300 }[inject('backend')];

test.each(pretrainedNames)(
  '%s reads test images as native does, and as its trained weights did',
  async name => {
    const network = await loadPretrained(name, { decoder: false });
    const rows = await lengthsOf(network);
    const { float, quantised } = golden[name];
    rows.forEach((row, image) => {
      expect(farthest(row, quantised[image]!), `image ${image}`).toBeLessThan(1e-4);
      expect(farthest(row, float[image]!), `image ${image}`).toBeLessThan(0.03);
      if (lead(quantised[image]!) <= 1e-3) return;
      expect(longest(row), `image ${image}`).toBe(longest(quantised[image]!));
    });
    network.dispose();
  },
);

test.each(pretrainedNames)('%s comes by its own module, with its card', async name => {
  const { card, load } = modules[name];
  expect(card).toBe(modelCards[name]);
  expect(card.name).toBe(name);
  const network = await load();
  const sizes = Object.entries(network.variables)
    .filter(([, { trainable }]) => trainable)
    .map(([name, { size }]) => ({ name, size }));
  const total = (some: typeof sizes) => some.reduce((sum, { size }) => sum + size, 0);
  expect(card.parameters.all).toBe(total(sizes));
  expect(card.parameters.decoder).toBe(total(sizes.filter(({ name }) => name.startsWith('decoder'))));
  const [lengths, reconstruction] = network.inference.predict(await testImages(1)) as [tf.Tensor, tf.Tensor];
  expect([lengths.shape, reconstruction.shape]).toEqual([
    [1, 10],
    [1, 28, 28, 1],
  ]);
  network.dispose();
});

test.each(pretrainedNames)('%s leaves no tensor behind', async name => {
  const before = tf.memory().numTensors;
  (await loadPretrained(name)).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test.each(pretrainedNames)('%s costs at most .02 points of validation error in int8', name => {
  const { validation, backends } = modelCards[name];
  const more = Math.round((validation.quantised.error - validation.float.error) * validation.images);
  expect(more).toBeLessThanOrEqual(0.0002 * validation.images);
  expect(backends.agree).toBe(backends.decided);
});

test.each([
  ['capsnet-mnsit', 'expected one of capsnet-mnist, efficient-capsnet-mnist, found "capsnet-mnsit"'],
  ['efficient-caps', 'expected one of efficient-capsnet-mnist, capsnet-mnist, found "efficient-caps"'],
  ['constructor', 'found "constructor"'],
])('says which names are nearest to %s', async (name, message) => {
  await expect(loadPretrained(name as PretrainedName)).rejects.toThrow(message);
});

async function lengthsOf(network: CapsNet): Promise<number[][]> {
  const images = await testImages(count);
  const lengths = tf.tidy(() => tf.norm(network.capsules(images), 'euclidean', -1) as tf.Tensor2D);
  const rows = await lengths.array();
  tf.dispose([images, lengths]);
  return rows;
}

function farthest(row: readonly number[], other: readonly number[]): number {
  return Math.max(...row.map((length, i) => Math.abs(length - other[i]!)));
}

function longest(row: readonly number[]): number {
  return row.indexOf(Math.max(...row));
}

/** By how much the longest capsule is longer than the next. */
function lead(row: readonly number[]): number {
  const [first = 0, second = 0] = row.toSorted((a, b) => b - a);
  return first - second;
}
