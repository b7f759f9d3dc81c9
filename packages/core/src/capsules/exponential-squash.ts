import * as tf from '@tensorflow/tfjs-core';
import { hasSquashKernel } from './squash';

/**
 * The squash of Efficient-CapsNet ([Mazzia, Salvetti and Chiaberge, 2021](https://arxiv.org/abs/2101.12491)), which keeps
 * the length of short vectors, where the paper's squares it.
 *
 * $$ v = \left( 1 - e^{-\lVert s \rVert} \right) \frac{s}{\lVert s \rVert} $$
 *
 * @param s vectors along the last axis, any rank from 1
 * @returns the squashed vectors, of the same shape; value and gradient are finite at 0
 */
export function exponentialSquash<T extends tf.Tensor>(s: T): T {
  const withGradient = tf.customGrad((...inputs) => {
    const [s, save] = inputs as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([s]);
    return {
      value: hasSquashKernel()
        ? tf.engine().runKernel<tf.Tensor>('Squash', { s }, { kind: 'exponential' })
        : tf.mul(s, factor(lengthOf(s))),
      gradFunc: (dv: tf.Tensor, saved: tf.Tensor[]) => gradient(saved[0]!, dv),
    };
  });
  return withGradient(s) as T;
}

/**
 * With $n = \lVert s \rVert$, $v = f(n)\,s$ and the direction $e = s / n$,
 *
 * $$ ds = f(n)\,dv + n f'(n)\,(e \cdot dv)\,e \qquad n f'(n) = e^{-n} - f(n) $$
 */
function gradient(s: tf.Tensor, dv: tf.Tensor): tf.Tensor {
  if (hasSquashKernel()) return tf.engine().runKernel('SquashGrad', { s, dv }, { kind: 'exponential' });
  return tf.tidy(() => {
    const n = lengthOf(s); // [..., 1]
    const f = factor(n);
    const direction = tf.divNoNan(s, n);
    const radial = tf.mul(tf.sub(tf.exp(tf.neg(n)), f), tf.sum(tf.mul(direction, dv), -1, true)); // [..., 1]
    return tf.add(tf.mul(f, dv), tf.mul(radial, direction));
  });
}

/** $f(n) = (1 - e^{-n}) / n$; below 0.1, where the difference loses its digits, by its series. */
function factor(n: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    // 1 - n/2 + n^2/6 - n^3/24 + n^4/120
    let series: tf.Tensor = tf.onesLike(n);
    for (const divisor of [5, 4, 3, 2]) series = tf.sub(1, tf.mul(tf.div(n, divisor), series));
    return tf.where(tf.less(n, 0.1), series, tf.divNoNan(tf.sub(1, tf.exp(tf.neg(n))), n));
  });
}

function lengthOf(s: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.sqrt(tf.sum(tf.square(s), -1, true)));
}
