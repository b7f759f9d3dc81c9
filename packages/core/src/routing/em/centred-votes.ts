import * as tf from '@tensorflow/tfjs-core';

/**
 * Votes as the steps of EM routing use them. Each step only ever asks for sums of votes and of their squares, which are
 * products of matrices: no difference `vote - mean` is formed.
 *
 * Votes are moved to an origin among them, so that little cancels when a squared mean is taken from a mean square. Wherever it
 * lies, Gaussians come out the same.
 */
export interface CentredVotes {
  /** [groups, parents, dim, heard] */
  readonly values: tf.Tensor4D;
  /** The square of each, of the same shape. */
  readonly squares: tf.Tensor4D;
  /** What was taken from them: [groups, parents, dim]. */
  readonly origin: tf.Tensor3D;
}

/** Keeps sums of no data from dividing by zero. */
export const tiny = 1e-8;

/**
 * @param votes   [groups, parents, dim, heard]
 * @param weights of each vote in the mean that is the origin: [groups, 1, heard]
 */
export function centre(votes: tf.Tensor4D, weights: tf.Tensor3D): CentredVotes {
  return tf.tidy(() => {
    const total = tf.add(tf.sum(weights, 2, true), tiny); // [groups, 1, 1]
    const origin = tf.div(weightedSum(votes, weights), total) as tf.Tensor3D;
    const values = tf.sub(votes, tf.expandDims(origin, 3)) as tf.Tensor4D;
    return { values, squares: tf.square(values), origin };
  });
}

/** Sums over the votes for each parent: [groups, parents, dim] each. */
export interface Moments {
  /** $\sum_i w_{ij} V_{ij}^h$ */
  readonly first: tf.Tensor3D;
  /** $\sum_i w_{ij} (V_{ij}^h)^2$ */
  readonly second: tf.Tensor3D;
}

/** @param weights $w_{ij}$ [groups, parents, heard], or [groups, 1, heard] for the same for all parents */
export function moments({ values, squares }: CentredVotes, weights: tf.Tensor3D): Moments {
  return { first: weightedSum(values, weights), second: weightedSum(squares, weights) };
}

/**
 * The transpose of {@link moments}: of each vote, a polynomial of its parent's.
 *
 * $$ \sum_h l_j^h V_{ij}^h + q_j^h (V_{ij}^h)^2 $$
 *
 * @param factors $l_j$ and $q_j$
 * @returns [groups, parents, heard]
 */
export function polynomials({ values, squares }: CentredVotes, { first, second }: Moments): tf.Tensor3D {
  return tf.tidy(() => {
    const row = (x: tf.Tensor3D) => tf.expandDims(x, 2); // [groups, parents, 1, dim]
    const sum = tf.add(tf.matMul(row(first), values), tf.matMul(row(second), squares));
    return tf.squeeze(sum, [2]) as tf.Tensor3D;
  });
}

/** Part of the gradient of votes: $l_j^h w_{ij} + 2 V_{ij}^h q_j^h w_{ij}$, which `moments` and `polynomials` both have. */
export interface VotesGradient extends Moments {
  /** $w_{ij}$ [groups, parents or 1, heard] */
  readonly weights: tf.Tensor3D;
}

/** The sum of such parts, [groups, parents, dim, heard], formed at once. */
export function votesGradient({ values }: CentredVotes, parts: readonly VotesGradient[]): tf.Tensor4D {
  return tf.tidy(() => {
    const [groups, parents, , heard] = values.shape;
    const weights = tf.stack(
      parts.map(part => tf.broadcastTo(part.weights, [groups, parents, heard])),
      2,
    ); // [groups, parents, parts, heard]
    const ofFirst = tf.matMul(
      tf.stack(
        parts.map(({ first }) => first),
        3,
      ),
      weights,
    );
    const ofSecond = tf.matMul(
      tf.stack(
        parts.map(({ second }) => tf.mul(2, second)),
        3,
      ),
      weights,
    );
    return tf.add(ofFirst, tf.mul(values, ofSecond)) as tf.Tensor4D;
  });
}

/** $\sum_i w_{ij} x_{ij}^h$: [groups, parents, dim] */
function weightedSum(x: tf.Tensor4D, weights: tf.Tensor3D): tf.Tensor3D {
  return tf.tidy(() => {
    const [groups, parents, dim, heard] = x.shape;
    const different = weights.shape[1]!;
    // Parents that weigh alike are one larger product.
    const each = tf.reshape(x, [groups, different, (parents / different) * dim, heard]);
    return tf.reshape(tf.matMul(each, tf.expandDims(weights, 3)), [groups, parents, dim]);
  });
}
