import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { smallNetworks } from '../../test/small-networks';
import { capsNet } from './capsnet/capsnet';
import { cnn } from './cnn/cnn';
import type { Network } from './network';

const image = { height: 12, width: 14, channels: 2 };
const networks: readonly (readonly [string, () => Network])[] = [
  ...smallNetworks.map(({ name, config }) => [name, () => capsNet(config)] as const),
  ['without capsules', () => cnn({ image, classes: 4, convolutions: [], dense: [3] })],
];

test.each(networks)('images that are not those of a network are refused: %s', async (_, build) => {
  const network = build();
  const labels = tf.tensor1d([0, 1], 'int32');
  const gone = tf.zeros<tf.Rank.R4>([2, 12, 14, 2]);
  gone.dispose();
  const wrong: readonly (readonly [tf.Tensor4D, string])[] = [
    // One row less often makes as many capsules.
    [tf.zeros([2, 11, 14, 2]), 'found [2,11,14,2]'],
    [tf.zeros([2, 12, 14, 1]), 'found [2,12,14,1]'],
    [tf.zeros([0, 12, 14, 2]), 'found [0,12,14,2]'],
    [gone, 'found some that are disposed of'],
    [
      { data: new Float32Array(336), shape: [1, 12, 14, 2] } as object as tf.Tensor4D,
      'as a tensor, found an object: make one of it by tf.tensor(data, shape)',
    ],
    [undefined as unknown as tf.Tensor4D, 'as a tensor, found nothing'],
  ];
  for (const [images, found] of wrong) {
    for (const ask of [
      () => network.scores(images),
      () => network.loss({ images, labels }),
      () => network.evaluate({ images, labels }),
    ]) {
      expect(ask).toThrow(CapsnetError);
      expect(ask).toThrow('expected images [batch, 12, 14, 2]');
      expect(ask).toThrow(found);
    }
    await expect(network.classify(images)).rejects.toThrow(found);
  }
  network.dispose();
});

test('capsules and decoding say what they need', () => {
  const network = capsNet(smallNetworks[0].config);
  expect(() => network.capsules(tf.zeros([1, 12, 12, 2]))).toThrow(
    'capsules: expected images [batch, 12, 14, 2]',
  );
  expect(() => network.trace(tf.zeros([12, 14, 2]) as tf.Tensor as tf.Tensor4D)).toThrow('found [12,14,2]');
  expect(() => network.decode(tf.zeros([1, 4, 6]))).toThrow(
    'decode: expected capsules [batch, 4, 5], found [1,4,6]',
  );
  expect(() =>
    network.loss({ images: tf.zeros([1, 12, 14, 2]), labels: [0] as object as tf.Tensor1D }),
  ).toThrow('capsNet: expected labels [1] as a tensor, found [0]');
  network.dispose();
});
