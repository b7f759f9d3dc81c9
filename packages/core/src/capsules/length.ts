import * as tf from '@tensorflow/tfjs-core';

/**
 * The length of each capsule, $\lVert v_j \rVert$: the probability that what it stands for is there.
 * Unlike `tf.norm`, its gradient at length 0 is 0 rather than NaN.
 *
 * @param capsules [..., dim]
 * @returns [...]
 */
export function capsuleLength(capsules: tf.Tensor): tf.Tensor {
  const withGradient = tf.customGrad((...inputs) => {
    const [v, save] = inputs as unknown as [tf.Tensor, tf.GradSaveFunc];
    const length = tf.sqrt(tf.sum(tf.square(v), -1));
    save([v, length]);
    return {
      value: length,
      // d|v| / dv = v / |v|
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [v, length] = saved as [tf.Tensor, tf.Tensor];
        return tf.mul(tf.expandDims(tf.divNoNan(dy, length), -1), v);
      },
    };
  });
  return withGradient(capsules);
}
