import type { CapsNet } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, inject, test } from 'vitest';
import capsNetMnistLengths from '../test/golden/capsnet-mnist.json';
import efficientCapsNetMnistLengths from '../test/golden/efficient-capsnet-mnist.json';
import efficientCapsNetMultiMnistLengths from '../test/golden/efficient-capsnet-multimnist.json';
import { testImages, testPairs } from '../test/test-images';
import * as capsNetMnist from './capsnet-mnist';
import * as efficientCapsNetMnist from './efficient-capsnet-mnist';
import * as efficientCapsNetMultiMnist from './efficient-capsnet-multimnist';
import { loadPretrained, modelCards, type PretrainedName, pretrainedNames } from './load-pretrained';

// The lengths of the capsules of the first 300 test images, or of 300 pairs of the first ten, as native found them when the network was published: by the
// trained float32 weights, and by the published ones.
const golden = {
  'capsnet-mnist': capsNetMnistLengths,
  'efficient-capsnet-mnist': efficientCapsNetMnistLengths,
  'efficient-capsnet-multimnist': efficientCapsNetMultiMnistLengths,
};
const modules = {
  'capsnet-mnist': capsNetMnist,
  'efficient-capsnet-mnist': efficientCapsNetMnist,
  'efficient-capsnet-multimnist': efficientCapsNetMultiMnist,
};

// Plain JavaScript takes seconds for each, and the browser has ten.
const count = { cpu: 2, webgl: 10, wasm: 300, native: 300 }[inject('backend')];

test.each(pretrainedNames)(
  '%s reads test images as native does, and as its trained weights did',
  async name => {
    const network = await loadPretrained(name, { decoder: false });
    const rows = await lengthsOf(network, name);
    const { float, quantised } = golden[name];
    rows.forEach((row, image) => {
      expect(farthest(row, quantised[image]!), `image ${image}`).toBeLessThan(1e-4);
      expect(farthest(row, float[image]!), `image ${image}`).toBeLessThan(0.03);
      if (lead(quantised[image]!, digitsOf(name)) <= 1e-3) return;
      expect(longest(row, digitsOf(name)), `image ${image}`).toEqual(
        longest(quantised[image]!, digitsOf(name)),
      );
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
  const images = await imagesFor(name, 1);
  const [lengths, reconstruction] = network.inference.predict(images) as [tf.Tensor, tf.Tensor];
  expect([lengths.shape, reconstruction.shape]).toEqual([[1, 10], images.shape]);
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
  [
    'capsnet-mnsit',
    'expected one of capsnet-mnist, efficient-capsnet-mnist, efficient-capsnet-multimnist, found "capsnet-mnsit"',
  ],
  [
    'efficient-caps',
    'expected one of efficient-capsnet-mnist, capsnet-mnist, efficient-capsnet-multimnist, found "efficient-caps"',
  ],
  ['constructor', 'found "constructor"'],
])('says which names are nearest to %s', async (name, message) => {
  await expect(loadPretrained(name as PretrainedName)).rejects.toThrow(message);
});

test.each<[string, object]>([
  ['loadPretrained: unknown option decodr: did you mean decoder?', { decodr: false }],
  ['load: files: unknown option weight: did you mean weights?', { files: { weight: new Uint8Array() } }],
])('%s', async (message, options) => {
  await expect(loadPretrained('capsnet-mnist', options)).rejects.toThrow(message);
});

/** How many digits are in an image. */
function digitsOf(name: PretrainedName): number {
  return modelCards[name].training.recipe.data?.digits === 2 ? 2 : 1;
}

function imagesFor(name: PretrainedName, count: number): Promise<tf.Tensor4D> {
  return digitsOf(name) === 2 ? testPairs(count) : testImages(count);
}

async function lengthsOf(network: CapsNet, name: PretrainedName): Promise<number[][]> {
  const images = await imagesFor(name, count);
  const lengths = network.scores(images);
  const rows = await lengths.array();
  tf.dispose([images, lengths]);
  return rows;
}

function farthest(row: readonly number[], other: readonly number[]): number {
  return Math.max(...row.map((length, i) => Math.abs(length - other[i]!)));
}

/** The classes of the `count` longest capsules, in ascending order. */
function longest(row: readonly number[], count: number): number[] {
  const classes = [...row.keys()].sort((a, b) => row[b]! - row[a]!);
  return classes.slice(0, count).sort((a, b) => a - b);
}

/** By how much they are longer than the next. */
function lead(row: readonly number[], count: number): number {
  const lengths = row.toSorted((a, b) => b - a);
  return lengths[count - 1]! - lengths[count]!;
}
