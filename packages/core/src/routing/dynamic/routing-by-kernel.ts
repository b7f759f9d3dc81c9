import * as tf from '@tensorflow/tfjs-core';
import type { FormulationSettings } from './settings';

/** Whether the backend in use has a kernel for such a routing. */
export function hasRoutingKernel({ coupling }: FormulationSettings): boolean {
  return coupling === 'softmax' && tf.getKernel('DynamicRouting', tf.getBackend()) !== undefined;
}

/** Procedure 1 as one kernel of the backend's; the README of this package says what it is given and gives. */
export function routeByKernel(
  u: tf.Tensor3D,
  weight: tf.Tensor4D,
  bias: tf.Tensor2D | undefined,
  { iterations, over, gradient, epsilon }: FormulationSettings,
): tf.Tensor3D {
  const attrs = { iterations, over, gradient, epsilon };
  const inputs = bias ? [u, weight, bias] : [u, weight];
  const routing = tf.customGrad((...args) => {
    const save = args[inputs.length] as unknown as tf.GradSaveFunc;
    const [capsules, left] = tf
      .engine()
      .runKernel<tf.Tensor[]>('DynamicRouting', { u, weight, ...(bias && { bias }) }, attrs) as [
      tf.Tensor3D,
      tf.Tensor,
    ];
    save([u, weight, left, ...(bias ? [bias] : [])]);
    return {
      value: capsules,
      gradFunc: (dcapsules: tf.Tensor, [u, weight, saved, bias]: tf.Tensor[]) =>
        tf
          .engine()
          .runKernel<tf.Tensor[]>(
            'DynamicRoutingGrad',
            { dcapsules, u: u!, weight: weight!, saved: saved!, ...(bias && { bias }) },
            attrs,
          ),
    };
  });
  return routing(...inputs) as tf.Tensor3D;
}
