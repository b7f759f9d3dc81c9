import type * as tf from '@tensorflow/tfjs-core';
import type * as z from 'zod/mini';

/** A loss that teaches class capsules: a file here, and a place in the list of `class-losses.ts`. */
export interface ClassLoss<Settings extends { readonly type: string } = { readonly type: string }> {
  /** Its name in a configuration: `loss.type`. */
  readonly type: Settings['type'];
  /** The keys, checks, defaults and descriptions of its options. */
  readonly schema: z.ZodMiniType<Settings>;
  /**
   * The loss of each example: [batch], differentiable.
   *
   * @param targets     1 for each class that is present, 0 for the others: [batch, classes]
   * @param activations [batch, classes]
   * @param step        of training, from 0, for a loss that changes on the way; absent in evaluation, where it is that of the
   *   end, so that validation losses of different steps compare
   */
  perExample(
    targets: tf.Tensor2D,
    activations: tf.Tensor2D,
    settings: Settings,
    step?: tf.Scalar,
  ): tf.Tensor1D;
  /** Whether it changes on the way: its network then counts steps, in a weight that is saved. Default false. */
  readonly countsSteps?: boolean;
}
