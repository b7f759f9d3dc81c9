import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { smallNetworks } from '../test/small-networks';
import {
  capsNet,
  convolution2d,
  marginLoss,
  perturb,
  reconstructionLoss,
  spreadLoss,
  spreadMargin,
  squash,
} from './index';

/** What JavaScript lets pass. */
const given = (options: object) => options as never;
const pair = () => tf.zeros([1, 2]);

it.each<[string, () => unknown]>([
  ['squash: unknown option eps', () => squash(pair(), given({ eps: 1 }))],
  ['marginLoss: unknown option mPlus: did you mean', () => marginLoss(pair(), pair(), given({ mPlus: 1 }))],
  ['spreadLoss: unknown option m', () => spreadLoss(pair(), pair(), given({ m: 1 }))],
  ['spreadMargin: unknown option step: did you mean steps?', () => spreadMargin(1, given({ step: 1 }))],
  [
    'reconstructionLoss: unknown option mean',
    () => reconstructionLoss(pair(), pair(), given({ mean: true })),
  ],
  [
    'convolution2d: unknown option methods: did you mean method?',
    () => convolution2d(tf.zeros([1, 3, 3, 1]), tf.zeros([2, 2, 1, 1]), 1, given({ methods: 'direct' })),
  ],
])('%s', (message, call) => {
  expect(() => tf.tidy(() => void call())).toThrow(message);
});

it('but a part of a network’s configuration is taken as it is', () => {
  for (const { config } of smallNetworks) {
    const network = capsNet(config);
    const { loss, decoder } = network.config;
    if (loss.type === 'margin') tf.dispose(marginLoss(tf.tensor2d([[1, 0]]), pair(), loss));
    else expect(spreadMargin(0, loss)).toBeAllClose([loss.from]);
    if (decoder) tf.dispose(reconstructionLoss(pair(), pair(), decoder));
    network.dispose();
  }
});

it('of a network', async () => {
  const network = capsNet(smallNetworks[0].config);
  const image = tf.zeros<tf.Rank.R4>([1, 12, 14, 2]);
  await expect(network.classify(image, given({ label: 2 }))).rejects.toThrow(
    'classify: unknown option label: did you mean labels?',
  );
  expect(() => perturb(network, tf.zeros([12, 14, 2]), given({ labels: 2 }))).toThrow(
    'perturb: unknown option labels: did you mean label?',
  );
  network.dispose();
});
