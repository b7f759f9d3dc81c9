import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { soleInput } from '../layers/layer-shapes';

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

/** {@link capsuleLength} as a layer: [batch, capsules, dim] -> [batch, capsules]. */
export class CapsuleLength extends layers.Layer {
  static readonly className = 'CapsuleLength';

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return soleInput(this, inputShape, 3, '[batch, capsules, dim]').slice(0, -1);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => capsuleLength(Array.isArray(inputs) ? inputs[0]! : inputs));
  }
}
tf.serialization.registerClass(CapsuleLength);
