import '@tensorflow/tfjs-backend-cpu';
import { capsNet } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { certaintyOf } from './reconstruction-error';

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
});

const small = {
  convolutions: [],
  primary: { channels: 1, dim: 2, kernelSize: 3, strides: 3 },
  classes: 3,
  classDim: 2,
  seed: 1,
};

it.each(['image', 'normalised'] as const)(
  'is what training measures by the label that is predicted, of decoders for the %s',
  async target => {
    const image = { height: 8, width: 8, mean: 0.3, standardDeviation: 0.4 };
    const net = capsNet({ ...small, image, decoder: { hidden: [5], target } });
    const images = tf.randomUniform<tf.Rank.R4>([4, 8, 8, 1], 0, 1, 'float32', 3);
    const { scores, reconstructionErrors } = certaintyOf(net, images);
    const labels = tf.argMax(scores, 1) as tf.Tensor1D;
    const rows = net.evaluate({ images, labels });
    const [found, expected] = [await reconstructionErrors!.array(), await rows.reconstruction!.array()];
    expect(found).toEqual((expected as number[]).map(value => expect.closeTo(value, 4)));
    expect(Math.min(...found)).toBeGreaterThan(0);
    tf.dispose([images, scores, reconstructionErrors!, labels, rows]);
    net.dispose();
  },
);

it('is unknown without a decoder', () => {
  const net = capsNet({ ...small, image: { height: 8, width: 8 }, decoder: null });
  const images = tf.zeros<tf.Rank.R4>([1, 8, 8, 1]);
  const certainty = certaintyOf(net, images);
  expect(Object.keys(certainty)).toEqual(['scores']);
  tf.dispose([images, certainty.scores]);
  net.dispose();
});
