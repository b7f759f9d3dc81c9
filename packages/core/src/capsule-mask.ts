import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { capsuleLength } from './capsule-length';
import { knownSize, nameOf, show, soleInput } from './layer-shapes';

/**
 * Keeps one capsule of each example and sets the others to zero, as the decoder wants them (section 4.1 of the paper):
 * the labels' in training, the longest at inference.
 *
 * @param capsules [batch, classes, dim]
 * @param labels   class indices [batch], or targets [batch, classes] for several at once; the longest capsule when not given
 * @returns [batch, classes * dim]
 */
export function maskCapsules(capsules: tf.Tensor3D, labels?: tf.Tensor): tf.Tensor2D {
  return tf.tidy(() => {
    const [batch, classes, dim] = capsules.shape;
    const kept = labels ?? tf.argMax(capsuleLength(capsules), -1);
    const mask = kept.rank === 2 ? kept : tf.cast(tf.oneHot(tf.cast(kept, 'int32'), classes), 'float32');
    return tf.reshape(tf.mul(capsules, tf.reshape(mask, [batch, classes, 1])), [batch, classes * dim]);
  });
}

/** {@link maskCapsules} as a layer of [capsules, labels], or of the capsules alone. */
export class CapsuleMask extends layers.Layer {
  static readonly className = 'CapsuleMask';

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[];
    const [capsules, labels] = shapes;
    soleInput(this, capsules!, 3, '[batch, classes, dim]');
    const classes = knownSize(this, capsules!, 1, 'number of classes');
    const dim = knownSize(this, capsules!, 2, 'capsule size');
    const fits =
      labels === undefined || labels.length === 1 || (labels.length === 2 && labels[1] === classes);
    if (!fits || shapes.length > 2) {
      throw new Error(
        `${nameOf(this)}: expected labels [batch] or targets [batch, ${classes}], found ${shapes.slice(1).map(show).join(' and ')}`,
      );
    }
    return [capsules![0]!, classes * dim];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [capsules, labels] = Array.isArray(inputs) ? inputs : [inputs];
    return maskCapsules(capsules as tf.Tensor3D, labels);
  }
}
tf.serialization.registerClass(CapsuleMask);
