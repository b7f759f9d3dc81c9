import {
  type ActiveCapsules,
  type AnyNetwork,
  type CapsNet,
  reconstructionLossPerExample,
} from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';

/** A network that can draw what it sees. */
export function hasDecoder(net: AnyNetwork): net is CapsNet {
  return net.kind === 'capsnet' && net.config.decoder !== null;
}

/**
 * By how much what the decoder makes of the most active capsule differs from each image: the squared error, summed over the image. What
 * a network has not learnt to see it cannot draw.
 *
 * @returns [batch]
 */
export function reconstructionErrors(
  net: CapsNet,
  images: tf.Tensor4D,
  capsules: ActiveCapsules,
): tf.Tensor1D {
  const { decoder, image } = net.config;
  return tf.tidy(() => {
    const target =
      decoder?.target === 'image' ? images : tf.div(tf.sub(images, image.mean), image.standardDeviation);
    return reconstructionLossPerExample(net.decode(capsules), target);
  });
}

/** What tells how sure a network is of images. */
export interface Certainty {
  /** [batch, classes] */
  readonly scores: tf.Tensor2D;
  /** [batch]; undefined without a decoder. */
  readonly reconstructionErrors?: tf.Tensor1D;
}

export function certaintyOf(net: AnyNetwork, images: tf.Tensor4D): Certainty {
  return tf.tidy(() => {
    if (!hasDecoder(net)) return { scores: net.scores(images) };
    const capsules = net.capsules(images);
    return {
      scores: capsules.activations,
      reconstructionErrors: reconstructionErrors(net, images, capsules),
    };
  }) as object as Certainty;
}
