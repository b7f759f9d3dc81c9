import { pickBackend } from '@capsnet/backend';
import type { AnyNetwork } from '@capsnet/core';
import { loadMnist, take } from '@capsnet/mnist/node';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { presets } from '../config/presets';
import { resolveConfig } from '../config/resolve';
import { imagesInOrder } from '../data/batches';
import { usualScore } from './usual-score';

beforeAll(async () => {
  await pickBackend({ only: 'cpu' });
});

it.each([
  ['one digit', 1],
  ['two', 2],
])('all but 1 in 1000 rightly classified images of %s reach it', async (_, digits) => {
  const config = resolveConfig(presets.paper, { data: { digits } });
  const images = take((await loadMnist()).test, 1500);
  const size = digits === 1 ? 28 : 36;
  const weights = tf.randomNormal([size * size, 10], 0, 0.1, 'float32', 3);
  // Anything would do that depends on the image, and is right for many of them by chance.
  const scores = (batch: tf.Tensor4D) =>
    tf.tidy(() => tf.sigmoid(tf.matMul(tf.reshape(batch, [-1, size * size]), weights as tf.Tensor2D)));

  const right: number[] = [];
  const source = imagesInOrder(images, config, 100);
  for (let i = 0; i < source.batchesPerEpoch; i++) {
    const batch = await source.next();
    const found = scores(batch.images).arraySync() as number[][];
    found.forEach((row, at) => {
      const labels = [batch.labels.arraySync()[at]!].flat();
      const others = row.filter((_, label) => !labels.includes(label));
      const least = Math.min(...labels.map(label => row[label]!));
      if (least > Math.max(...others)) right.push(least);
    });
    batch.dispose();
  }
  const score = await usualScore({ scores } as AnyNetwork, images, config, 128);
  const below = right.filter(value => value < score!).length;
  expect(right).toContain(score);
  expect(below).toBeLessThanOrEqual(right.length / 1000);
  expect(below + 1).toBeGreaterThan(right.length / 1000);
  weights.dispose();
});

it('is unknown when no image is classified rightly', async () => {
  const images = take((await loadMnist()).test, 9);
  const scores = (batch: tf.Tensor4D) => tf.oneHot(tf.fill([batch.shape[0]], 8, 'int32'), 10);
  expect(await usualScore({ scores } as AnyNetwork, images, presets.paper, 128)).toBeUndefined();
});
