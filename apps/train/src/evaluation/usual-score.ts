import type { AnyNetwork } from '@capsnet/core';
import type { Subset } from '@capsnet/data/node';
import { evaluateRows } from '@capsnet/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { RunConfig } from '../config/schema';
import { type Batch, imagesInOrder } from '../data/batches';

/** Of this fraction of rightly classified images the score may be lower. */
const unusual = 1 / 1000;

/**
 * The score that all but 1 in 1000 of the rightly classified images reach: the length of the class's capsule, or its probability;
 * of pairs of digits, the lower one. What a picture scores below it is not what the network has learnt.
 *
 * @returns undefined when no image is classified rightly
 */
export async function usualScore(
  net: AnyNetwork,
  images: Subset,
  config: RunConfig,
  largestBatch: number,
): Promise<number | undefined> {
  const { digits } = config.data;
  const network = {
    evaluate: (batch: Batch) =>
      tf.tidy(() => {
        const { values, indices } = tf.topk(net.scores(batch.images), digits);
        const labels = tf.reshape(batch.labels, [-1, digits, 1]);
        const isFound = tf.any(tf.equal(labels, tf.expandDims(indices, 1)), 2);
        return { isRight: tf.cast(tf.all(isFound, 1), 'float32'), score: tf.min(values, 1) } as Rows;
      }),
  };
  const batchSize = Math.min(largestBatch, images.indices.length);
  const scores: number[] = [];
  for await (const { rows } of evaluateRows(network, imagesInOrder(images, config, batchSize))) {
    rows.score!.forEach((score, row) => {
      if (rows.isRight![row]) scores.push(score);
    });
  }
  return scores.sort((a, b) => a - b)[Math.floor(unusual * scores.length)];
}

type Rows = Record<'isRight' | 'score', tf.Tensor1D>;
