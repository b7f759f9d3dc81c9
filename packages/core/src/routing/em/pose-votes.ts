import * as tf from '@tensorflow/tfjs-core';

/**
 * The votes $V_{ij} = M_i W_{ij}$ of matrix capsules: what each child's pose, seen from itself, says about each parent's
 * (section 4 of the paper).
 *
 * Poses and votes are square matrices, flat along an axis, row by row. In the result the children lie innermost, so that all
 * that routing does with votes is a product of small matrices.
 *
 * @param poses  $M_i$ [groups, copies, kinds, dim]: the children that a group of parents hears, `copies` of each kind
 * @param kernel $W_{ij}$ [kinds, parents, side, side], with side² = dim: the same for all copies and groups
 * @returns [groups, parents, dim, copies * kinds]
 */
export function poseVotes(poses: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const [groups, copies, kinds, dim] = poses.shape;
    const [, parents, side] = kernel.shape;
    // One product per kind. Of whole poses, for the rows of a pose alone would make products too thin to be fast.
    const byKind = tf.reshape(tf.transpose(poses, [2, 0, 1, 3]), [kinds, groups * copies, dim]);
    const product = tf.matMul(byKind, blockDiagonal(kernel)); // [kinds, groups * copies, parents * dim]
    if (copies === 1) {
      const votes = tf.transpose(tf.reshape(product, [kinds, groups * parents * dim]));
      return tf.reshape(votes, [groups, parents, side * side, kinds]);
    }
    const votes = tf.transpose(tf.reshape(product, [kinds, groups, copies, parents * dim]), [1, 3, 2, 0]);
    return tf.reshape(votes, [groups, parents, dim, copies * kinds]);
  });
}

/** What multiplies each row of a flat pose by W: [kinds, parents, side, side] -> [kinds, dim, parents * dim]. */
function blockDiagonal(kernel: tf.Tensor4D): tf.Tensor3D {
  const [kinds, parents, side] = kernel.shape;
  const matrices = tf.reshape(tf.transpose(kernel, [0, 2, 1, 3]), [kinds, 1, side, parents, 1, side]);
  const blocks = tf.mul(matrices, tf.reshape(tf.eye(side), [1, side, 1, 1, side, 1]));
  return tf.reshape(blocks, [kinds, side * side, parents * side * side]);
}
