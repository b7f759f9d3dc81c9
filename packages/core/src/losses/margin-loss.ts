import * as tf from '@tensorflow/tfjs-core';
import { capsuleLength } from '../capsules/capsule-length';
import { targetsOf } from './targets';

export interface MarginLossOptions {
  /** Squared margins, as in the paper, or plain ones, as in labml. Default true. */
  readonly squared?: boolean;
  /** $m^+$: a present class is long enough from here. Default .9. */
  readonly mPositive?: number;
  /** $m^-$: an absent class is short enough up to here. Default .1. */
  readonly mNegative?: number;
  /** $\lambda$: the weight of absent classes, which keeps all lengths from shrinking at the start. Default .5. */
  readonly lambda?: number;
}

/**
 * The margin loss (the paper's equation 4), summed over classes and averaged over the batch:
 *
 * $$ L_k = T_k \max(0, m^+ - \lVert v_k \rVert)^2 + \lambda (1 - T_k) \max(0, \lVert v_k \rVert - m^-)^2 $$
 *
 * @param capsules class capsules [batch, classes, dim], or their lengths [batch, classes]
 * @param labels   class indices [batch], or targets $T_k$ [batch, classes] (1 for each class that is present). The truth
 *   comes second; a tfjs model that is compiled with it wants `(yTrue, yPred) => marginLoss(yPred, yTrue)`
 * @returns a scalar; its gradient is finite for a capsule of length 0
 */
export function marginLoss(
  capsules: tf.Tensor,
  labels: tf.Tensor,
  options: MarginLossOptions = {},
): tf.Scalar {
  return tf.tidy(() => tf.mean(marginLossPerExample(capsules, labels, options)) as tf.Scalar);
}

/** {@link marginLoss} of each example apart: [batch]. */
export function marginLossPerExample(
  capsules: tf.Tensor,
  labels: tf.Tensor,
  { squared = true, mPositive = 0.9, mNegative = 0.1, lambda = 0.5 }: MarginLossOptions = {},
): tf.Tensor1D {
  return tf.tidy(() => {
    const lengths = lengthsOf(capsules); // [batch, classes]
    const [batch, classes] = lengths.shape as [number, number];
    const targets = targetsOf(labels, batch, classes, 'marginLoss'); // [batch, classes]
    const tooShort = tf.relu(tf.sub(mPositive, lengths));
    const tooLong = tf.relu(tf.sub(lengths, mNegative));
    const present = squared ? tf.square(tooShort) : tooShort;
    const absent = squared ? tf.square(tooLong) : tooLong;
    const loss = tf.add(tf.mul(targets, present), tf.mul(tf.mul(lambda, tf.sub(1, targets)), absent));
    return tf.sum(loss, -1) as tf.Tensor1D;
  });
}

function lengthsOf(capsules: tf.Tensor): tf.Tensor {
  if (capsules.rank === 3) return capsuleLength(capsules);
  if (capsules.rank === 2) return capsules;
  throw new Error(
    `marginLoss: expected capsules [batch, classes, dim] or lengths [batch, classes], found [${capsules.shape}]`,
  );
}
