import { linearCongruential } from '@capsnet/testing/linear-congruential';
import * as tf from '@tensorflow/tfjs-core';
import { expect, inject, test } from 'vitest';
import { capsNet } from '../../networks/capsnet/capsnet';

const size = 12;

/** A bar across, a bar down, or both, somewhere: what is there and not where it is tells the classes. */
function bars(count: number, random: () => number) {
  const labels = Int32Array.from({ length: count }, (_, index) => index % 3);
  const images = new Float32Array(count * size * size);
  for (const [index, label] of labels.entries()) {
    const image = images.subarray(index * size * size, (index + 1) * size * size);
    const [row, column] = [2 + Math.floor(8 * random()), 2 + Math.floor(8 * random())];
    for (let i = 2; i < size - 2; i++) {
      if (label !== 1) image[row * size + i] = 1;
      if (label !== 0) image[i * size + column] = 1;
    }
  }
  return { images: tf.tensor4d(images, [count, size, size, 1]), labels: tf.tensor1d(labels, 'int32') };
}

test('a network of matrix capsules learns to tell bars that it has not seen', ({ skip }) => {
  skip(inject('backend') === 'cpu', 'takes a minute there');
  const network = capsNet({
    image: { height: size, width: size },
    classes: 3,
    convolutions: [{ filters: 8, kernelSize: 3 }],
    primary: { channels: 2, dim: 16, kernelSize: 3, strides: 2 },
    hidden: [{ capsules: 4, dim: 16, kernelSize: 2 }],
    classDim: 16,
    routing: { type: 'em', iterations: 2, varianceFloor: 0.05 },
    loss: { type: 'spread', steps: 40 },
    decoder: null,
    initializer: { routing: { standardDeviation: 0.4 } },
    seed: 1,
  });
  const random = linearCongruential(1);
  const adam = tf.train.adam(0.02);
  for (let step = 0; step < 40; step++) {
    const batch = bars(18, random);
    adam.minimize(() => network.loss(batch).loss);
    tf.dispose(batch);
  }
  const unseen = bars(96, random);
  const accuracy = tf.tidy(() => {
    const found = tf.argMax(network.scores(unseen.images), 1);
    return tf.mean(tf.cast(tf.equal(found, unseen.labels), 'float32'));
  });
  expect(accuracy.dataSync()[0]).toBeGreaterThan(0.9);
  tf.dispose([accuracy, unseen]);
  adam.dispose();
  network.dispose();
});
