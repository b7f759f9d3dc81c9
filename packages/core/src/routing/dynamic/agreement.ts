import * as tf from '@tensorflow/tfjs-core';

/**
 * The agreement $a_{ij} = \hat u_{j|i} \cdot v_j$ of each vote with the parent that all votes together made: what is added to
 * the logit of their coupling.
 *
 * @param votes    [batch, in, out, outDim]
 * @param capsules [batch, out, outDim]
 * @returns [batch, in, out]
 */
export function agreementOf(votes: tf.Tensor4D, capsules: tf.Tensor3D): tf.Tensor3D {
  return tf.sum(tf.mul(votes, tf.expandDims(capsules, 1)), 3);
}
