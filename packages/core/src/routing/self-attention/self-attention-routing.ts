import * as tf from '@tensorflow/tfjs-core';
import { exponentialSquash } from '../../capsules/exponential-squash';
import type { RoutingIteration } from '../dynamic/dynamic-routing';

/**
 * Self-attention routing between capsules ([Efficient-CapsNet](https://arxiv.org/abs/2101.12491)): one pass, in which a
 * higher capsule listens to each lower one as far as its vote agrees with all votes.
 *
 * @param u      lower capsules [batch, in, inDim]
 * @param weight $W_{ij}$ [in, out, inDim, outDim], as for `dynamicRouting`
 * @param bias   $B_{ij}$ [in, out], added to the couplings after their softmax. Default none
 * @returns the higher capsules [batch, out, outDim] and the couplings [batch, in, out], bias included, both
 *   differentiable and the caller's to dispose of
 * @throws if shapes do not fit each other
 */
export function selfAttentionRouting(u: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): RoutingIteration {
  checkShapes(u, weight, bias);
  return tf.tidy(() => {
    const { capsules, couplings } = attend(u as tf.Tensor3D, weight as tf.Tensor4D, bias);
    return { capsules, couplings: tf.transpose(couplings, [1, 0, 2]) };
  });
}

/** {@link selfAttentionRouting} for a layer, which wants the capsules alone. */
export function attendCapsules(u: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor3D {
  checkShapes(u, weight, bias);
  return tf.tidy(() => attend(u as tf.Tensor3D, weight as tf.Tensor4D, bias).capsules);
}

/** Children lead within: every product and sum over them then runs over whole blocks, and nothing is transposed back. */
function attend(u: tf.Tensor3D, weight: tf.Tensor4D, bias: tf.Tensor | undefined) {
  const [children, parents, inDim, outDim] = weight.shape;

  // $\hat u_{j|i} = u_i W_{ij}$
  const matrices = tf.reshape(tf.transpose(weight, [0, 2, 1, 3]), [children, inDim, parents * outDim]);
  const product = tf.matMul(tf.transpose(u, [1, 0, 2]), matrices); // [in, batch, out * outDim]
  const votes = tf.reshape(product, [children, -1, parents, outDim]);

  // The row sums of $A_j = \hat U_j \hat U_j^T / \sqrt d$ are $\hat u_{j|i} \cdot \sum_k \hat u_{j|k} / \sqrt d$: no matrix.
  const total = tf.div(tf.sum(votes, 0), Math.sqrt(outDim)); // [batch, out, outDim]
  const agreement = tf.sum(tf.mul(votes, total), 3); // [in, batch, out]

  // $c_{ij} = \mathrm{softmax}_j(\sum_k A_{jik}) + B_{ij}$
  const softmax = tf.softmax(agreement); // over the parents
  const couplings = (bias ? tf.add(softmax, tf.expandDims(bias, 1)) : softmax) as tf.Tensor3D;

  // $v_j = \mathrm{squash}(\sum_i c_{ij} \hat u_{j|i})$
  const sums = tf.sum(tf.mul(tf.expandDims(couplings, 3), votes), 0) as tf.Tensor3D; // [batch, out, outDim]
  return { capsules: exponentialSquash(sums), couplings };
}

function checkShapes(u: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | undefined): void {
  const [children, parents, inDim] = weight.shape;
  if (weight.rank !== 4) {
    throw new Error(
      `selfAttentionRouting: expected weight [in, out, inDim, outDim], found [${weight.shape}]`,
    );
  }
  if (u.rank !== 3 || u.shape[1] !== children || u.shape[2] !== inDim) {
    throw new Error(
      `selfAttentionRouting: expected u [batch, ${children}, ${inDim}] for weight [${weight.shape}], found [${u.shape}]`,
    );
  }
  if (bias && (bias.rank !== 2 || bias.shape[0] !== children || bias.shape[1] !== parents)) {
    throw new Error(
      `selfAttentionRouting: expected bias [${children}, ${parents}] for weight [${weight.shape}], found [${bias.shape}]`,
    );
  }
}
