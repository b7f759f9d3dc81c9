import * as tf from '@tensorflow/tfjs-core';
import type { Capsules, RoutingIteration, RoutingObserver } from './routing';

/**
 * Runs a routing and keeps what its iterations found. The formulations tidy up behind themselves, so what is read on the
 * way has to be kept, and handed over after.
 *
 * @param route called once, with who watches
 * @param wants which iterations are kept, from 1
 * @returns tensors of the caller's tidy, or of the caller
 */
export function traced(
  route: (observe: RoutingObserver) => Capsules,
  wants: (iteration: number) => boolean = () => true,
): { readonly capsules: Capsules; readonly iterations: readonly RoutingIteration[] } {
  const kept: RoutingIteration[] = [];
  const capsules = route((iteration, couplings, { poses, activations }) => {
    if (!wants(iteration)) return;
    kept.push({
      couplings: tf.keep(tf.clone(couplings())),
      poses: tf.keep(tf.clone(poses)),
      ...(activations && { activations: tf.keep(tf.clone(activations)) }),
    });
  });
  const iterations = kept.map(({ couplings, poses, activations }) => ({
    couplings: tf.clone(couplings),
    poses: tf.clone(poses),
    ...(activations && { activations: tf.clone(activations) }),
  }));
  tf.dispose(kept as object as tf.TensorContainer);
  return { capsules, iterations };
}
