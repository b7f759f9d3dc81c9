import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from '../interfaces';

/**
 * Scales gradients down together so that their joint norm is at most `limit` (Pascanu et al. 2013):
 * `g limit / max(norm, limit)`. Below the limit they stay what they are, bit for bit.
 *
 * @returns new tensors, and the norm as it was before: the square root of the sum of all squares
 */
export function clipByNorm(
  gradients: NamedTensors,
  limit: number,
): { readonly clipped: NamedTensors; readonly norm: tf.Scalar } {
  return tf.tidy(() => {
    const squares = Object.values(gradients).map(gradient => tf.tidy(() => tf.sum(tf.square(gradient))));
    const norm = tf.sqrt(tf.addN(squares)) as tf.Scalar;
    const factor = tf.div(limit, tf.maximum(norm, limit));
    const clipped: NamedTensors = {};
    for (const [name, gradient] of Object.entries(gradients)) clipped[name] = tf.mul(gradient, factor);
    return { clipped, norm };
  });
}
