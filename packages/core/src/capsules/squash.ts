import { expectKnownOptions } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';

export interface SquashOptions {
  /** Added to the squared length under the root, which keeps value and gradient finite at 0. Default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Squashes vectors: short ones shrink to almost nothing, long ones to a length just below 1 (the paper's equation 1, with
 * epsilon added under the root).
 *
 * $$ v_j = \frac{\lVert s_j \rVert^2}{1 + \lVert s_j \rVert^2} \frac{s_j}{\sqrt{\lVert s_j \rVert^2 + \epsilon}} $$
 *
 * @param s vectors along the last axis, any rank from 1
 * @returns the squashed vectors, of the same shape
 */
export function squash<T extends tf.Tensor>(s: T, options: SquashOptions = {}): T {
  expectKnownOptions('squash', options, ['epsilon']);
  const { epsilon = 1e-8 } = options;
  // The gradient by hand leaves two tensors on the tape instead of eight.
  const withGradient = tf.customGrad((...inputs) => {
    const [s, save] = inputs as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([s]);
    return {
      value: hasSquashKernel()
        ? tf.engine().runKernel<tf.Tensor>('Squash', { s }, { kind: 'paper', epsilon })
        : tf.mul(s, squashFactor(squaredLength(s), epsilon)),
      gradFunc: (dv: tf.Tensor, saved: tf.Tensor[]) => squashGradient(saved[0]!, dv, epsilon),
    };
  });
  return withGradient(s) as T;
}

/**
 * The gradient of {@link squash}. With $n = \lVert s \rVert^2$ and $v = f(n)\,s$,
 *
 * $$ ds = f(n)\,dv + 2 f'(n)\,(s \cdot dv)\,s $$
 *
 * @param s  the unsquashed vectors
 * @param dv the gradient of the squashed ones, of the same shape
 */
export function squashGradient(s: tf.Tensor, dv: tf.Tensor, epsilon: number): tf.Tensor {
  if (hasSquashKernel()) return tf.engine().runKernel('SquashGrad', { s, dv }, { kind: 'paper', epsilon });
  return tf.tidy(() => {
    const n = squaredLength(s); // [..., 1]
    const rest = tf.add(n, 1);
    const g = tf.div(tf.div(1, rest), tf.sqrt(tf.add(n, epsilon))); // f = n g
    // f' = g (1 - n / (1 + n) - n / (2 (n + epsilon)))
    const slope = tf.mul(g, tf.sub(tf.div(1, rest), tf.div(n, tf.mul(2, tf.add(n, epsilon)))));
    const radial = tf.sum(tf.mul(s, dv), -1, true); // [..., 1]
    return tf.add(tf.mul(tf.mul(n, g), dv), tf.mul(tf.mul(tf.mul(2, slope), radial), s));
  });
}

/** Whether the backend in use squashes and hands gradients back by one kernel each. */
export function hasSquashKernel(): boolean {
  return tf.getKernel('Squash', tf.getBackend()) !== undefined;
}

function squaredLength(s: tf.Tensor): tf.Tensor {
  return tf.sum(tf.square(s), -1, true);
}

function squashFactor(n: tf.Tensor, epsilon: number): tf.Tensor {
  // Two divisions, for the product of the denominators is too large for long vectors.
  return tf.div(tf.div(n, tf.add(n, 1)), tf.sqrt(tf.add(n, epsilon)));
}
