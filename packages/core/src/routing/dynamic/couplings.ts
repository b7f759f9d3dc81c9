import * as tf from '@tensorflow/tfjs-core';
import type { DynamicRoutingSettings } from './settings';

type Normalisation = Pick<DynamicRoutingSettings, 'coupling' | 'over'>;

/**
 * The couplings $c_{ij}$ of logits $b_{ij}$: their softmax, as the paper's procedure 1 has it,
 *
 * $$ c_{ij} = \frac{e^{b_{ij}}}{\sum_k e^{b_{ik}}} $$
 *
 * or their min-max normalisation ([Zhao and others, 2019](https://arxiv.org/abs/1903.09662)), by which the parent that a
 * child agrees with most hears all of it, whatever the others hear:
 *
 * $$ c_{ij} = \frac{b_{ij} - \min_k b_{ik}}{\max_k b_{ik} - \min_k b_{ik}} $$
 *
 * Where all are equal, as before the first iteration, every coupling is 1.
 *
 * @param logits of any rank
 * @param axis   over which couplings are normalised
 */
export function couplingsOf<T extends tf.Tensor>(
  logits: T,
  coupling: Normalisation['coupling'],
  axis: number,
): T {
  return tf.tidy(() => {
    if (coupling === 'max-min') return minMax(logits, axis);
    const exponentials = tf.exp(tf.sub(logits, tf.max(logits, axis, true)));
    return tf.div(exponentials, tf.sum(exponentials, axis, true));
  }) as T;
}

/** The tape of tfjs does not follow its comparisons, so the gradient is by hand. */
function minMax(logits: tf.Tensor, axis: number): tf.Tensor {
  const withGradient = tf.customGrad((...inputs) => {
    const [logits, save] = inputs as unknown as [tf.Tensor, tf.GradSaveFunc];
    const range = rangeOf(logits, axis);
    const isEven = tf.equal(range, 0);
    const couplings = tf.where(
      tf.broadcastTo(isEven, logits.shape),
      tf.onesLike(logits),
      tf.divNoNan(tf.sub(logits, tf.min(logits, axis, true)), range),
    );
    save([couplings, range]);
    return {
      value: couplings,
      gradFunc: (dcouplings: tf.Tensor, saved: tf.Tensor[]) => {
        const [couplings, range] = saved as [tf.Tensor3D, tf.Tensor];
        return couplingsGradient(couplings, dcouplings as tf.Tensor3D, axis, range);
      },
    };
  });
  return withGradient(logits);
}

/** The coupling of every child with every parent before anything is known. */
export function couplingAtStart(
  { coupling, over }: Normalisation,
  sizes: { readonly children: number; readonly parents: number },
): number {
  if (coupling === 'max-min') return 1;
  return 1 / (over === 'out' ? sizes.parents : sizes.children);
}

/** What the gradient of a min-max normalisation needs besides the couplings: the range of the logits. */
export function rangeOf(logits: tf.Tensor, axis: number): tf.Tensor {
  return tf.tidy(() => tf.sub(tf.max(logits, axis, true), tf.min(logits, axis, true)));
}

/**
 * The gradient of {@link couplingsOf}. Of the softmax, $db = c \odot (dc - \sum c \odot dc)$. Of the min-max normalisation with
 * range $r$, $db = dc / r$, but that the largest logit, where $c = 1$, also takes $-\sum c \odot dc / r$, and the least, where
 * $c = 0$, takes $\sum (c - 1) \odot dc / r$.
 *
 * @param couplings  what the logits became
 * @param dcouplings their gradient
 * @param range      of the logits, for a min-max normalisation
 */
export function couplingsGradient(
  couplings: tf.Tensor3D,
  dcouplings: tf.Tensor3D,
  axis: number,
  range: tf.Tensor | undefined,
): tf.Tensor3D {
  return tf.tidy(() => {
    const product = tf.mul(couplings, dcouplings);
    const total = tf.sum(product, axis, true);
    if (!range) return tf.sub(product, tf.mul(couplings, total));
    // Several logits that share an end of the range share what it takes.
    const shares = (end: 0 | 1) => {
      const isAt = tf.cast(tf.equal(couplings, end), 'float32');
      return tf.divNoNan(isAt, tf.sum(isAt, axis, true));
    };
    const ofLeast = tf.sub(total, tf.sum(dcouplings, axis, true));
    const moved = tf.add(tf.sub(dcouplings, tf.mul(shares(1), total)), tf.mul(shares(0), ofLeast));
    return tf.divNoNan(moved, range);
  }) as tf.Tensor3D;
}
