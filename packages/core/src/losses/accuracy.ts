import * as tf from '@tensorflow/tfjs-core';

/**
 * Whether the most active classes are those of the labels: of n labels all of the n most active, in any order.
 *
 * @param activations [batch, classes]
 * @param labels      class indices [batch] or, different ones in each row, [batch, n]
 * @returns [batch], 0 or 1
 */
export function accuracyPerExample(activations: tf.Tensor, labels: tf.Tensor1D | tf.Tensor2D): tf.Tensor1D {
  return tf.tidy(() => {
    const wanted = tf.cast(labels, 'int32');
    if (wanted.rank === 1 || wanted.shape[1] === 1) {
      const label = tf.reshape(wanted, [-1]);
      return tf.cast(tf.equal(tf.argMax(activations, -1), label), 'float32') as tf.Tensor1D;
    }
    const { indices } = tf.topk(activations, wanted.shape[1]!);
    const isWanted = tf.any(tf.equal(tf.expandDims(indices, 2), tf.expandDims(wanted, 1)), 2); // [batch, n]
    return tf.cast(tf.all(isWanted, 1), 'float32') as tf.Tensor1D;
  });
}
