import { expectKnownOptions } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';

/** A network's `config.decoder` will do. */
export interface ReconstructionLossOptions {
  /** Squared errors summed over each image (the paper) or averaged over it (labml). Default `'sum'`. */
  readonly reduction?: 'sum' | 'mean';
}

/**
 * The squared error between images and their reconstructions, averaged over the batch (section 4.1 of the paper).
 * The paper scales it by 0.0005, so that it does not dominate the margin loss.
 *
 * $$ L = \frac{1}{B} \sum_{b} \sum_{p} (\hat x_{bp} - x_{bp})^2 $$
 *
 * @param reconstructions [batch, ...]
 * @param images          of the same shape
 * @returns a scalar, unscaled
 */
export function reconstructionLoss(
  reconstructions: tf.Tensor,
  images: tf.Tensor,
  options: ReconstructionLossOptions = {},
): tf.Scalar {
  return tf.tidy(() => tf.mean(reconstructionLossPerExample(reconstructions, images, options)) as tf.Scalar);
}

/** {@link reconstructionLoss} of each example apart: [batch]. */
export function reconstructionLossPerExample(
  reconstructions: tf.Tensor,
  images: tf.Tensor,
  options: ReconstructionLossOptions = {},
): tf.Tensor1D {
  const ofDecoder = ['hidden', 'maskBy', 'weight', 'target'];
  expectKnownOptions('reconstructionLoss', options, ['reduction'], ofDecoder);
  const { reduction = 'sum' } = options;
  tf.util.assertShapesMatch(reconstructions.shape, images.shape, 'reconstructionLoss: ');
  return tf.tidy(() => {
    const [batch] = images.shape as [number];
    const errors = tf.squaredDifference(
      tf.reshape(reconstructions, [batch, -1]),
      tf.reshape(images, [batch, -1]),
    );
    return (reduction === 'sum' ? tf.sum(errors, -1) : tf.mean(errors, -1)) as tf.Tensor1D;
  });
}
