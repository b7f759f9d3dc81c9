import * as tf from '@tensorflow/tfjs-core';

/**
 * $T_k$: 1 for each class that is present, 0 for the others.
 *
 * @param labels class indices [batch] or [batch, 1], or targets [batch, classes] as they are
 * @param caller who asks, for the error
 * @returns [batch, classes] float32; an index past the last class is no class at all
 * @throws if the shape is none of these
 */
export function targetsOf(labels: tf.Tensor, batch: number, classes: number, caller: string): tf.Tensor2D {
  const { rank, shape } = labels;
  const isIndices = rank === 1 || (rank === 2 && shape[1] === 1);
  const isTargets = !isIndices && rank === 2 && shape[1] === classes;
  if (shape[0] !== batch || !(isIndices || isTargets)) {
    throw new Error(
      `${caller}: expected labels [${batch}] or targets [${batch}, ${classes}], found [${shape}]`,
    );
  }
  if (isTargets) return tf.cast(labels as tf.Tensor2D, 'float32');
  // tf.oneHot knows no single class, and with a dtype of its own gives wrong values on wasm.
  if (classes === 1) return tf.ones([batch, 1]);
  return tf.cast(tf.oneHot(tf.cast(tf.reshape(labels, [batch]), 'int32'), classes), 'float32') as tf.Tensor2D;
}
