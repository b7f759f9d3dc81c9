import * as tf from '@tensorflow/tfjs-core';
import { type CentredVotes, type Moments, moments, polynomials, type VotesGradient } from './centred-votes';
import type { Parents } from './maximisation';

/**
 * The E-step of EM routing (procedure 1 of the paper): how likely each vote is under each parent's Gaussian, times the
 * parent's activation, as a logarithm.
 *
 * $$ \log (a_j\, p_{j|i}) = \log a_j - \sum_h \frac{(V_{ij}^h - \mu_j^h)^2}{2 (\sigma_j^h)^2} + \log \sigma_j^h +
 *    \tfrac12 \log 2 \pi $$
 *
 * The squares multiplied out, that is a polynomial of the vote, with the precision $\pi = 1 / \sigma^2$:
 *
 * $$ \sum_h \mu_j^h \pi_j^h V_{ij}^h - \tfrac12 \pi_j^h (V_{ij}^h)^2 + \mathrm{const}_j $$
 *
 * @returns [groups, parents, heard]
 */
export function expectation(votes: CentredVotes, { means, variances, logits }: Parents): tf.Tensor3D {
  const precisions = tf.reciprocal(variances);
  const fixed = tf.add(tf.mul(tf.square(means), precisions), tf.log(tf.mul(2 * Math.PI, variances)));
  // log a = -softplus(-logit), which no small activation makes infinite.
  const constant = tf.sub(tf.neg(tf.softplus(tf.neg(logits))), tf.mul(0.5, tf.sum(fixed, 2, true)));
  return tf.add(polynomials(votes, factorsOf(means, precisions)), constant) as tf.Tensor3D;
}

function factorsOf(means: tf.Tensor3D, precisions: tf.Tensor): Moments {
  return {
    first: tf.mul(means, precisions) as tf.Tensor3D,
    second: tf.mul(-0.5, precisions) as tf.Tensor3D,
  };
}

/** The gradient of {@link expectation}. */
export function expectationGradient(
  votes: CentredVotes,
  { means, variances, logits }: Parents,
  dlogs: tf.Tensor3D,
): { readonly parents: Parents; readonly ofVotes: VotesGradient } {
  const precisions = tf.reciprocal(variances);
  const { first, second } = moments(votes, dlogs); // of the factors
  const dconstant = tf.sum(dlogs, 2, true); // [groups, parents, 1]
  const dmeans = tf.mul(precisions, tf.sub(first, tf.mul(means, dconstant)));
  // Of the precisions: of mu pi, of -pi / 2, and of -(mu² pi - log pi) / 2
  const ofConstant = tf.mul(dconstant, tf.sub(variances, tf.square(means)));
  const dprecisions = tf.add(tf.mul(first, means), tf.mul(0.5, tf.sub(ofConstant, second)));
  return {
    parents: {
      means: dmeans as tf.Tensor3D,
      variances: tf.neg(tf.mul(dprecisions, tf.square(precisions))) as tf.Tensor3D,
      logits: tf.mul(dconstant, tf.sigmoid(tf.neg(logits))) as tf.Tensor3D,
    },
    ofVotes: { ...factorsOf(means, precisions), weights: dlogs },
  };
}
