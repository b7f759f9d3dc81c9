import * as tf from '@tensorflow/tfjs-core';
import { type CentredVotes, moments, polynomials, tiny, type VotesGradient } from './centred-votes';

/** The Gaussian of each parent, about the origin of its votes, and how active it is. */
export interface Parents {
  /** $\mu_j^h$ [groups, parents, dim] */
  readonly means: tf.Tensor3D;
  /** $(\sigma_j^h)^2$ [groups, parents, dim] */
  readonly variances: tf.Tensor3D;
  /** $\lambda (\beta_a - \sum_h \mathrm{cost}^h)$, the logit of the activation: [groups, parents, 1]. */
  readonly logits: tf.Tensor3D;
}

export interface MaximisationSettings {
  /** $\lambda$ */
  readonly inverseTemperature: number;
  /** $N / M$, how many children there are to a parent. */
  readonly share: number;
  /** $\epsilon$, added to variances. */
  readonly varianceFloor: number;
}

/** What a capsule pays for data, and what activates it, per type: [parents] each. */
export interface Costs {
  readonly betaU: tf.Tensor1D;
  readonly betaA: tf.Tensor1D;
}

/**
 * The M-step of EM routing (procedure 1 of the paper): the Gaussian of each parent is fitted to the votes that are assigned to
 * it, and the parent is the more active the better it describes them.
 *
 * $$ r_{ij} = R_{ij} a_i \qquad \allowbreak {\mu_j^h = \frac{\sum_i r_{ij} V_{ij}^h}{\sum_i r_{ij}}} \qquad \allowbreak
 *    {(\sigma_j^h)^2 = \frac{\sum_i r_{ij} (V_{ij}^h - \mu_j^h)^2}{\sum_i r_{ij}} + \epsilon} $$
 *
 * $$ {\mathrm{cost}_j^h = (\beta_u + \log \sigma_j^h) \frac{M}{N} \sum_i r_{ij}} \qquad \allowbreak
 *    {a_j = \mathrm{logistic}\Big(\lambda \big(\beta_a - \sum_h \mathrm{cost}_j^h\big)\Big)} $$
 *
 * Two things are not in the paper: epsilon, without which a single vote has an infinite density, and $M/N$ for M parents of N
 * children, so that the same costs and temperatures suit layers of any size ([Gritzman,
 * 2019](https://arxiv.org/abs/1907.00652), pitfall 2).
 *
 * @param assigned $r_{ij}$ [groups, parents, heard]
 */
export function maximisation(
  votes: CentredVotes,
  assigned: tf.Tensor3D,
  { betaU, betaA }: Costs,
  { inverseTemperature, share, varianceFloor }: MaximisationSettings,
): Parents {
  const { first, second } = moments(votes, assigned);
  const amounts = tf.sum(assigned, 2, true); // [groups, parents, 1]
  const total = tf.add(amounts, tiny);
  const means = tf.div(first, total) as tf.Tensor3D;
  // The mean square less the squared mean, which rounding may make negative.
  const spread = tf.relu(tf.sub(tf.div(second, total), tf.square(means)));
  const variances = tf.add(spread, varianceFloor) as tf.Tensor3D;
  const price = priceOf(variances, betaU);
  const cost = tf.mul(price, tf.div(amounts, share));
  const logits = tf.mul(inverseTemperature, tf.sub(tf.expandDims(betaA, 1), cost)) as tf.Tensor3D;
  return { means, variances, logits };
}

/**
 * The gradient of {@link maximisation}.
 *
 * @param found what it found
 * @param d     the gradient of that
 */
export function maximisationGradient(
  votes: CentredVotes,
  assigned: tf.Tensor3D,
  { means, variances }: Parents,
  d: Parents,
  betaU: tf.Tensor1D,
  { inverseTemperature, share, varianceFloor }: MaximisationSettings,
): {
  readonly assigned: tf.Tensor3D;
  readonly ofVotes: VotesGradient;
  readonly betaU: tf.Tensor1D;
  readonly betaA: tf.Tensor1D;
} {
  const dim = means.shape[2];
  const amounts = tf.sum(assigned, 2, true); // [groups, parents, 1]
  const total = tf.add(amounts, tiny);

  // Of the logit, beta_a - price * amount / share
  const dnet = tf.mul(inverseTemperature, d.logits);
  const dprice = tf.mul(dnet, tf.div(amounts, -share));
  const damounts = tf.mul(dnet, tf.div(priceOf(variances, betaU), -share));

  // Of the Gaussian: mean and mean square are sums over the total
  const dvariances = tf.add(d.variances, tf.div(tf.mul(0.5, dprice), variances));
  const dspread = tf.where(tf.greater(variances, varianceFloor), dvariances, tf.zerosLike(dvariances));
  const dmeans = tf.sub(d.means, tf.mul(2, tf.mul(means, dspread)));
  const first = tf.div(dmeans, total) as tf.Tensor3D;
  const second = tf.div(dspread, total) as tf.Tensor3D;
  const meanSquares = tf.add(tf.sub(variances, varianceFloor), tf.square(means));
  const dtotal = tf.neg(tf.sum(tf.add(tf.mul(first, means), tf.mul(second, meanSquares)), 2, true));

  const perType = (x: tf.Tensor) => tf.sum(tf.squeeze(x, [2]), 0) as tf.Tensor1D;
  return {
    assigned: tf.add(polynomials(votes, { first, second }), tf.add(damounts, dtotal)) as tf.Tensor3D,
    ofVotes: { first, second, weights: assigned },
    betaU: perType(tf.mul(dprice, dim)),
    betaA: perType(dnet),
  };
}

/** $\sum_h \beta_u + \log \sigma_j^h$: [groups, parents, 1] */
function priceOf(variances: tf.Tensor3D, betaU: tf.Tensor1D): tf.Tensor3D {
  const logDeviations = tf.mul(0.5, tf.sum(tf.log(variances), 2, true));
  return tf.add(tf.mul(tf.expandDims(betaU, 1), variances.shape[2]), logDeviations) as tf.Tensor3D;
}
