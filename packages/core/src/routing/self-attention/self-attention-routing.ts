import * as tf from '@tensorflow/tfjs-core';
import { initializers } from '@tensorflow/tfjs-layers';
import * as z from 'zod/mini';
import { exponentialSquash } from '../../capsules/exponential-squash';
import { field, required } from '../../configuration/fields';
import type { Routing } from '../routing';
import { expectFullConnection, expectRoutingShapes } from '../shapes';
import { predictVotes, votesByChild } from '../votes';

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
export function selfAttentionRouting(
  u: tf.Tensor,
  weight: tf.Tensor,
  bias?: tf.Tensor,
): { readonly capsules: tf.Tensor3D; readonly couplings: tf.Tensor3D } {
  return tf.tidy(() => {
    const { capsules, couplings } = attend(u, weight, bias);
    return { capsules, couplings: couplingsLaidOut(couplings) };
  });
}

const schema = z.strictObject({
  type: required(z.literal('self-attention'), 'Self-attention routing, of Efficient-CapsNet: one pass.'),
  useBias: field(z.boolean(), true, 'A trained bias [in, out], 0 at the start, added to the couplings.'),
});

type SelfAttentionSettings = Readonly<z.output<typeof schema>>;

/** Self-attention routing as one of the ways in which capsules find their parents. */
export const selfAttention = {
  type: 'self-attention',
  schema,
  activation: 'length',
  weights(connection, { useBias }) {
    expectFullConnection('self-attention', connection);
    const { lower, higher } = connection;
    const children = lower.height * lower.width * lower.channels;
    return {
      kernel: { shape: [children, higher.channels, lower.dim, higher.dim] },
      ...(useBias && { bias: { shape: [children, higher.channels], initializer: initializers.zeros() } }),
    };
  },
  votes: ({ poses }, { kernel }) => predictVotes(poses, kernel as tf.Tensor4D),
  route({ poses }, { kernel, bias }, _connection, _settings, observe) {
    // A kernel keeps its couplings to itself.
    if (!observe && tf.getKernel('SelfAttentionRouting', tf.getBackend())) {
      return { poses: exponentialSquash(attendByKernel(poses, kernel!, bias)) };
    }
    const { capsules, couplings } = attend(poses, kernel!, bias);
    observe?.(1, () => couplingsLaidOut(couplings), { poses: capsules });
    return { poses: capsules };
  },
} satisfies Routing<SelfAttentionSettings>;

/** Children lead within: every product and sum over them then runs over whole blocks, and nothing is transposed back. */
function attend(u: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | undefined) {
  expectShapes(u, weight, bias);

  // $\hat u_{j|i} = u_i W_{ij}$
  const votes = votesByChild(u as tf.Tensor3D, weight as tf.Tensor4D); // [in, batch, out, outDim]
  const outDim = votes.shape[3];

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

function expectShapes(u: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | undefined): void {
  expectRoutingShapes('selfAttentionRouting', u, weight, bias, ({ children, parents }) => [
    children,
    parents,
  ]);
}

/** $\sum_i c_{ij} \hat u_{j|i}$ by one kernel of the backend's, and its gradient by another: [batch, out, outDim] */
function attendByKernel(u: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor | undefined): tf.Tensor3D {
  expectShapes(u, weight, bias);
  const inputs = bias ? [u, weight, bias] : [u, weight];
  const named = ([u, weight, bias]: tf.Tensor[]) => ({ u: u!, weight: weight!, ...(bias && { bias }) });
  const routing = tf.customGrad((...args) => {
    const save = args[inputs.length] as unknown as tf.GradSaveFunc;
    save(inputs);
    return {
      value: tf.engine().runKernel<tf.Tensor>('SelfAttentionRouting', named(inputs)),
      gradFunc: (dsums: tf.Tensor, saved: tf.Tensor[]) =>
        tf.engine().runKernel<tf.Tensor[]>('SelfAttentionRoutingGrad', { dsums, ...named(saved) }),
    };
  });
  return routing(...inputs) as tf.Tensor3D;
}

/** [in, batch, out] -> [batch, in, out] */
function couplingsLaidOut(couplings: tf.Tensor3D): tf.Tensor3D {
  return tf.transpose(couplings, [1, 0, 2]);
}
