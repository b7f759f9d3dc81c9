import { capsNet, encodeNetwork } from '@capsnet/core';
import { decodeSafetensors, encodeSafetensors, type TensorEntry } from '@capsnet/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { smallNetworks } from '../test/small-networks';
import { decodeQuantised, encodeQuantised } from './quantised';

const names = (file: Uint8Array | null) => (file ? Object.keys(decodeSafetensors(file).tensors) : []);

test.each(smallNetworks)(
  'a network with $name comes back, moved by at most half a scale',
  async ({ config }) => {
    const network = capsNet(config);
    const files = await encodeQuantised(network);
    const loaded = decodeQuantised(files);
    expect(loaded.config).toEqual(config);
    const tensors: Record<string, TensorEntry> = {
      ...decodeSafetensors(files.weights).tensors,
      ...(files.decoder && decodeSafetensors(files.decoder).tensors),
    };
    for (const [name, variable] of Object.entries(network.variables)) {
      const [found, expected] = [loaded.variables[name]!, variable];
      const farthest = tf.tidy(() => tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]!);
      const scales = tensors[`${name}/scale`]?.data as Float32Array | undefined;
      const isLarge = variable.shape.length > 1 && variable.size >= 4096;
      expect(scales === undefined, name).toBe(!isLarge);
      expect(farthest, name).toBeLessThanOrEqual(scales ? 0.50001 * Math.max(...scales) : 0);
      // Some weight does move: what is loaded went through int8.
      if (isLarge) expect(farthest, name).toBeGreaterThan(0);
    }
    loaded.dispose();
    network.dispose();
  },
);

test.each(smallNetworks)(
  'a network with $name gives the same bytes when it is quantised again',
  async ({ config }) => {
    const network = capsNet(config);
    const once = await encodeQuantised(network);
    const loaded = decodeQuantised(once);
    expect(await encodeQuantised(loaded)).toEqual(once);
    loaded.dispose();
    network.dispose();
  },
);

test.each([
  [0, { 'classes/kernel': [1, 10, 1, 16], 'primary/kernel': [1, 1, 1, 32] }],
  [1, { 'capsules1/kernel': [1, 8, 1, 12], 'primary/kernel': [1, 1, 1, 32] }],
  [3, { 'classes/kernel': [1, 10, 1, 16], 'primary/kernel': [1, 1, 128, 1] }],
])('each output channel has a scale of its own: network %i', async (index, shapes) => {
  const network = capsNet(smallNetworks[index]!.config);
  const { tensors } = decodeSafetensors((await encodeQuantised(network)).weights);
  for (const [name, shape] of Object.entries(shapes))
    expect(tensors[`${name}/scale`]?.shape, name).toEqual(shape);
  network.dispose();
});

test('the decoder is apart, and a network without it classifies alike', async () => {
  const network = capsNet(smallNetworks[0]!.config);
  const files = await encodeQuantised(network);
  expect(names(files.weights).filter(name => name.startsWith('decoder'))).toEqual([]);
  expect(names(files.decoder).filter(name => !name.startsWith('decoder'))).toEqual([]);
  const whole = decodeQuantised(files);
  const classifier = decodeQuantised({ weights: files.weights });
  expect(classifier.config).toEqual({ ...network.config, decoder: null });
  const images = tf.randomUniform<tf.Rank.R4>([2, 12, 12, 1], 0, 1, 'float32', 1);
  expect(classifier.scores(images)).toBeAllClose(whole.scores(images), { relative: 0 });
  for (const each of [network, whole, classifier]) each.dispose();
});

test('it takes a quarter of the bytes', async () => {
  const network = capsNet(smallNetworks[0]!.config);
  const { weights, decoder } = await encodeQuantised(network);
  const whole = await encodeNetwork(network);
  expect((weights.length + decoder!.length) / whole.length).toBeLessThan(0.35);
  network.dispose();
});

type Tensors = Record<string, TensorEntry>;
const kernel = 'classes/kernel';

test.each<[string, (tensors: Tensors, metadata: Record<string, string>) => Uint8Array, string]>([
  [
    'that is cut',
    (tensors, metadata) => encodeSafetensors(tensors, metadata).subarray(0, -1),
    'safetensors: ',
  ],
  [
    'without its configuration',
    tensors => encodeSafetensors(tensors),
    'metadata under "capsnet" or "cnn", found none',
  ],
  [
    'with an empty scale',
    (tensors, metadata) => encodeSafetensors({ ...tensors, [`${kernel}/scale`]: none() }, metadata),
    `expected for "${kernel}" of I8 [36,10,8,16] a tensor "${kernel}/scale" of F32, each size 1 or the same, found F32 [0]`,
  ],
  [
    'without a scale',
    ({ [`${kernel}/scale`]: _, ...tensors }, metadata) => encodeSafetensors(tensors, metadata),
    `a tensor "${kernel}/scale" of F32, each size 1 or the same, found none`,
  ],
  [
    'with a scale of nothing',
    (tensors, metadata) => encodeSafetensors({ ...tensors, 'more/scale': scale([1]) }, metadata),
    'expected none for "more/scale"',
  ],
  [
    'with a scale of another shape',
    (tensors, metadata) =>
      encodeSafetensors({ ...tensors, [`${kernel}/scale`]: scale([1, 5, 1, 16]) }, metadata),
    'each size 1 or the same, found F32 [1,5,1,16]',
  ],
  [
    'with an infinite scale',
    (tensors, metadata) =>
      encodeSafetensors(
        { ...tensors, [`${kernel}/scale`]: scale([1, 10, 1, 16], Number.POSITIVE_INFINITY) },
        metadata,
      ),
    'expected finite weights, found',
  ],
  [
    'with an axis that is long and empty',
    (tensors, metadata) => {
      const shape = [2 ** 50, 0];
      const empty: TensorEntry = { dtype: 'I8', shape, data: new Int8Array(0) };
      return encodeSafetensors({ ...tensors, more: empty, 'more/scale': scale([1, 1]) }, metadata);
    },
    'expected for "more" of I8 [1125899906842624,0]',
  ],
  [
    'with axes without end',
    (tensors, metadata) => {
      const shape = new Array(50_000).fill(1);
      const deep: TensorEntry = { dtype: 'I8', shape, data: new Int8Array(1) };
      return encodeSafetensors({ ...tensors, more: deep, 'more/scale': scale(shape) }, metadata);
    },
    'expected for "more" of I8 [1,1,',
  ],
  [
    'with a tensor too many',
    (tensors, metadata) => encodeSafetensors({ ...tensors, ['__proto__']: scale([1]) }, metadata),
    'expected none for "__proto__", found F32 [1]',
  ],
])('refuses a file %s', async (_, spoil, message) => {
  const network = capsNet(smallNetworks[0]!.config);
  const { weights } = await encodeQuantised(network);
  network.dispose();
  const { tensors, metadata } = decodeSafetensors(weights);
  const before = tf.memory().numTensors;
  expect(() => decodeQuantised({ weights: spoil({ ...tensors }, { ...metadata }) })).toThrow(message);
  expect(tf.memory().numTensors).toBe(before);
});

test.each<[string, Record<string, string>, string]>([
  ['says nothing of itself', {}, 'metadata under "decoder", found none'],
  ['says no JSON', { decoder: '{' }, 'expected JSON in its metadata under "decoder", found "{"'],
  ['is another network’s', { decoder: '{"hidden":[7]}' }, 'expected'],
])('refuses a decoder that %s', async (_, metadata, message) => {
  const network = capsNet(smallNetworks[0]!.config);
  const { weights, decoder } = await encodeQuantised(network);
  network.dispose();
  const spoilt = encodeSafetensors(decodeSafetensors(decoder!).tensors, metadata);
  expect(() => decodeQuantised({ weights, decoder: spoilt })).toThrow(message);
});

function scale(shape: readonly number[], value = 1): TensorEntry {
  const length = shape.reduce((product, size) => product * size, 1);
  return { dtype: 'F32', shape, data: new Float32Array(length).fill(value) };
}

function none(): TensorEntry {
  return { dtype: 'F32', shape: [0], data: new Float32Array(0) };
}
