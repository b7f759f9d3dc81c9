import { decodeSafetensors, encodeSafetensors } from '@capsnet/safetensors';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { smallNetworks } from '../../test/small-networks';
import { capsNet } from '../networks/capsnet/capsnet';
import { capsNetConfig } from '../networks/capsnet/check-config';
import { type Cnn, cnn } from '../networks/cnn/cnn';
import { decodeCapsNet, decodeNetwork, encodeNetwork } from './model-file';

const config = capsNetConfig({
  image: { height: 8, width: 8, channels: 1, mean: 0, standardDeviation: 1 },
  convolutions: [{ filters: 3, kernelSize: 3, strides: 1 }],
  primary: { channels: 2, dim: 3, kernelSize: 3, strides: 2, gain: 1 },
  decoder: { hidden: [5] },
});

test.each(smallNetworks)(
  'a network with $name comes back from its file with the same configuration and outputs',
  async ({ config }) => {
    const network = capsNet(config);
    const loaded = decodeCapsNet(await encodeNetwork(network));
    expect(loaded.config).toEqual(config);
    const images = tf.randomUniform<tf.Rank.R4>([2, 12, 14, 2], 0, 1, 'float32', 1);
    expect(loaded.capsules(images).poses).toBeAllClose(network.capsules(images).poses, { relative: 0 });
  },
);

test('a network without capsules comes back from its file, which is not one of a CapsNet', async () => {
  const network = cnn({
    image: config.image,
    convolutions: [{ filters: 3, kernelSize: 3, strides: 1, pool: 2 }],
    dense: [5],
  });
  const bytes = await encodeNetwork(network);
  const loaded = decodeNetwork(bytes) as Cnn;
  expect(loaded.config).toEqual(network.config);
  const images = tf.randomUniform<tf.Rank.R4>([2, 8, 8, 1], 0, 1, 'float32', 1);
  const predict = ({ inference }: typeof network) => inference.predict(images) as tf.Tensor;
  expect(predict(loaded)).toBeAllClose(predict(network), { relative: 0 });
  expect(() => decodeCapsNet(bytes)).toThrow('expected a capsule network, found one of kind "cnn"');
});

test.each([
  [
    'no configuration',
    (tensors: object) => encodeSafetensors(tensors as never),
    'expected a configuration in its metadata under "capsnet" or "cnn", found none',
  ],
  [
    'a configuration that is not JSON',
    (tensors: object) => encodeSafetensors(tensors as never, { capsnet: '{' }),
    'expected its configuration to be JSON',
  ],
  [
    'a configuration without parts',
    (tensors: object) => encodeSafetensors(tensors as never, { capsnet: '{"image":null}' }),
    'model file: capsNet: image: expected an object, found null',
  ],
  [
    'a tensor of another shape',
    (tensors: object) =>
      encodeSafetensors(tensors as never, { capsnet: JSON.stringify({ ...config, classDim: 4 }) }),
    'expected F32 [8,10,3,4] for "classes/kernel", found F32 [8,10,3,16]',
  ],
  [
    'sizes that no memory holds',
    (tensors: object) =>
      encodeSafetensors(tensors as never, {
        capsnet: JSON.stringify({ ...config, classes: 65536, classDim: 65536 }),
      }),
    'found F32 [8,10,3,16]',
  ],
  [
    'a weight that is not finite',
    (tensors: object) => {
      const [[name, tensor]] = Object.entries(tensors) as [[string, { data: Float32Array }]];
      const data = tensor.data.map((value, place) => (place === 2 ? Number.NaN : value));
      return encodeSafetensors({ ...tensors, [name]: { ...tensor, data } } as never, {
        capsnet: JSON.stringify(config),
      });
    },
    'expected finite weights, found NaN in',
  ],
  [
    'a tensor that has a name of what all objects have',
    (tensors: object) =>
      encodeSafetensors(
        { ...tensors, constructor: { dtype: 'F32', shape: [1], data: new Float32Array(1) } } as never,
        { capsnet: JSON.stringify(config) },
      ),
    'expected none for "constructor", found F32 [1]',
  ],
  [
    'a tensor too many',
    (tensors: object) =>
      encodeSafetensors(
        { ...tensors, more: { dtype: 'F32', shape: [1], data: new Float32Array(1) } } as never,
        { capsnet: JSON.stringify(config) },
      ),
    'expected none for "more", found F32 [1]',
  ],
])('refuses a file with %s', async (_, spoil, message) => {
  const network = capsNet(config);
  const { tensors } = decodeSafetensors(await encodeNetwork(network));
  network.dispose();
  const before = tf.memory().numTensors;
  expect(() => decodeCapsNet(spoil(tensors))).toThrow(message);
  expect(tf.memory().numTensors).toBe(before);
});
