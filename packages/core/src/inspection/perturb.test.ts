import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { capsNet } from '../networks/capsnet/capsnet';
import type { CapsNetOptions } from '../networks/capsnet/config';
import { paperOffsets, perturb } from './perturb';

const config: CapsNetOptions = {
  image: { height: 8, width: 7, channels: 2, mean: 0, standardDeviation: 1 },
  classes: 3,
  classDim: 4,
  convolutions: [],
  primary: { channels: 2, dim: 3, kernelSize: 3, strides: 2, gain: 1 },
  decoder: { hidden: [5] },
};

test("the paper's offsets go from -0.25 to 0.25 in steps of 0.05", () => {
  expect(paperOffsets).toEqual([-0.25, -0.2, -0.15, -0.1, -0.05, 0, 0.05, 0.1, 0.15, 0.2, 0.25]);
});

test('each image is the decoding of a capsule with one dimension moved', () => {
  const network = capsNet(config);
  const image = tf.randomUniform<tf.Rank.R3>([8, 7, 2], 0, 1, 'float32', 2);
  const sheet = perturb(network, image, { label: 1, offsets: [-0.5, 0, 2] });
  expect(sheet.shape).toEqual([4, 3, 8, 7, 2]);
  const capsules = network.capsules(tf.expandDims(image, 0)).poses.arraySync();
  for (const [dimension, column, offset] of [
    [0, 0, -0.5],
    [2, 1, 0],
    [3, 2, 2],
  ] as const) {
    const moved = structuredClone(capsules);
    moved[0]![1]![dimension]! += offset;
    const expected = network.decode(tf.tensor3d(moved), tf.tensor1d([1], 'int32'));
    expect(tf.slice(sheet, [dimension, column, 0, 0, 0], [1, 1, 8, 7, 2])).toBeAllClose(
      tf.reshape(expected, [1, 1, 8, 7, 2]),
    );
  }
  network.dispose();
});

test('without a label it is the most active capsule that moves', () => {
  const network = capsNet(config);
  const image = tf.randomUniform<tf.Rank.R3>([8, 7, 2], 0, 1, 'float32', 2);
  const [lengths] = network.inference.predict(tf.expandDims(image, 0)) as [tf.Tensor];
  const longest = tf.argMax(lengths, -1).dataSync()[0]!;
  const others = [0, 1, 2].filter(label => label !== longest);
  expect(perturb(network, image)).toBeAllClose(perturb(network, image, { label: longest }));
  expect(() =>
    expect(perturb(network, image)).toBeAllClose(perturb(network, image, { label: others[0]! })),
  ).toThrow();
  expect(() => perturb(network, image, { label: 3 })).toThrow('expected a label from 0 to 2, found 3');
  network.dispose();
});
