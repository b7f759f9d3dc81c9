import * as tf from '@tensorflow/tfjs-core';

/**
 * The votes $\hat u_{j|i} = u_i W_{ij}$: what each child predicts for each parent (the paper's equation 2, where vectors are
 * columns and W stands on the left; the paper calls votes prediction vectors). One product per child.
 *
 * @param u      [batch, in, inDim]
 * @param weight $W_{ij}$ [in, out, inDim, outDim]
 * @returns [batch, in, out, outDim]
 */
export function predictVotes(u: tf.Tensor3D, weight: tf.Tensor4D): tf.Tensor4D {
  return tf.transpose(votesByChild(u, weight), [1, 0, 2, 3]);
}

/** {@link predictVotes} with the children first, as the products make them: [in, batch, out, outDim]. */
export function votesByChild(u: tf.Tensor3D, weight: tf.Tensor4D): tf.Tensor4D {
  const [children, parents, inDim, outDim] = weight.shape;
  const matrices = tf.reshape(tf.transpose(weight, [0, 2, 1, 3]), [children, inDim, parents * outDim]);
  const votes = tf.matMul(tf.transpose(u, [1, 0, 2]), matrices); // [in, batch, out * outDim]
  return tf.reshape(votes, [children, -1, parents, outDim]);
}
