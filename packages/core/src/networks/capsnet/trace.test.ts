import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { smallNetworks } from '../../../test/small-networks';
import { capsNet } from './capsnet';

const someImages = (batch: number) => tf.randomUniform<tf.Rank.R4>([batch, 12, 14, 2], 0, 1, 'float32', 7);

describe.each(smallNetworks)('a network with $name', ({ config }) => {
  test('lays open the routing that it does', () => {
    const network = capsNet(config);
    const { poses, activations } = network.capsules(someImages(3));
    const { connection, lower, votes, iterations } = network.trace(someImages(3));
    const { lower: below, higher } = connection;
    const children = below.height * below.width * below.channels;
    expect(lower.poses.shape).toEqual([3, children, below.dim]);
    expect(votes.shape).toEqual([3, children, config.classes, config.classDim]);
    expect(higher).toMatchObject({ channels: config.classes, dim: config.classDim });
    const last = iterations.at(-1)!;
    expect(last.poses).toBeAllClose(poses);
    expect(last.activations).toBeAllClose(activations);
    expect(last.couplings.shape).toEqual([3, children, config.classes]);
    expect(iterations).toHaveLength('iterations' in config.routing ? config.routing.iterations : 1);
    network.dispose();
  });

  test('classifies as its activations say', async () => {
    const network = capsNet(config);
    const rows = (await network.scores(someImages(3)).array()) as number[][];
    const found = await network.classify(someImages(3), { labels: 2 });
    for (const [row, classes] of found.entries()) {
      const ranked = rows[row]!.map((score, label) => ({ label, score })).sort((a, b) => b.score - a.score);
      expect(classes.map(({ label }) => label)).toEqual(ranked.slice(0, 2).map(({ label }) => label));
      expect(classes[0]!.score).toBeCloseTo(ranked[0]!.score, 5);
    }
    const image = tf.reshape<tf.Rank.R3>(tf.slice(someImages(3), [1], [1]), [12, 14, 2]);
    const [one] = await network.classify(image);
    expect(one).toHaveLength(1);
    expect(one![0]!.label).toBe(found[1]![0]!.label);
    network.dispose();
  });

  test('leaves no tensors but those that it returns', async () => {
    const network = capsNet(config);
    const images = someImages(2);
    const before = tf.memory().numTensors;
    await network.classify(images);
    expect(tf.memory().numTensors).toBe(before);
    const { lower, votes, iterations } = network.trace(images);
    tf.dispose([lower as object as tf.TensorContainer, votes, iterations as object as tf.TensorContainer]);
    // The kernel's transform, kept between readings.
    network.dispose();
    expect(tf.memory().numTensors).toBeLessThan(before);
  });
});

test('images of another size and layers that are not there are named', async () => {
  const network = capsNet(smallNetworks[0].config);
  await expect(network.classify(tf.zeros<tf.Rank.R4>([2, 12, 12, 2]))).rejects.toThrow(
    'classify: expected images [batch, 12, 14, 2], or one [12, 14, 2], found [2,12,12,2]',
  );
  await expect(network.classify(someImages(1), { labels: 5 })).rejects.toThrow('labels from 1 to 4, found 5');
  expect(() => network.trace(someImages(1), 'digits')).toThrow(
    'trace: expected the layer capsules1 or classes, found digits',
  );
  expect(network.trace(someImages(1), 'capsules1').iterations).toHaveLength(3);
  network.dispose();
});

test('one-hot labels teach what indices teach', () => {
  const network = capsNet(smallNetworks[0].config);
  const indices = tf.tensor1d([3, 0, 1], 'int32');
  const oneHot = tf.oneHot(indices, 4) as tf.Tensor2D;
  const [a, b] = [indices, oneHot].map(labels => network.evaluate({ images: someImages(3), labels }));
  for (const name of ['loss', 'margin', 'accuracy'])
    expect(b![name]!).toBeAllClose(a![name]!, { relative: 0 });
  expect(() => network.loss({ images: someImages(1), labels: tf.tensor1d([4], 'int32') })).toThrow(
    'capsNet: expected labels from 0 to 3, found 4 (row 0)',
  );
  network.dispose();
});
