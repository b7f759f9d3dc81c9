import * as tf from '@tensorflow/tfjs-core';
import { layers, type Shape } from '@tensorflow/tfjs-layers';
import { capsuleLength } from '../capsules/capsule-length';
import { targetsOf } from '../losses/targets';
import { knownSize, type LayerArgs, nameOf, oneOf, show, soleInput } from './layer-shapes';

/**
 * Keeps one capsule of each example and sets the others to zero, as the decoder wants them (section 4.1 of the paper):
 * the labels' in training, the longest at inference.
 *
 * @param capsules [batch, classes, dim]
 * @param labels   class indices [batch], or targets [batch, classes] for several at once; the longest capsule when not given
 * @returns [batch, classes * dim]
 * @throws if the labels' shape does not fit
 */
export function maskCapsules(capsules: tf.Tensor3D, labels?: tf.Tensor): tf.Tensor2D {
  return tf.tidy(() => {
    const [batch, classes, dim] = capsules.shape;
    const kept = labels ?? longestCapsule(capsules);
    const mask = targetsOf(kept, batch, classes, 'maskCapsules');
    return tf.reshape(tf.mul(capsules, tf.expandDims(mask, -1)), [batch, classes * dim]);
  });
}

/** The index of each example's longest capsule: [batch, classes, dim] -> [batch]. */
export function longestCapsule(capsules: tf.Tensor3D): tf.Tensor1D {
  return tf.tidy(() => tf.argMax(capsuleLength(capsules), -1) as tf.Tensor1D);
}

export interface CapsuleMaskArgs extends LayerArgs {
  /** `'label'`: by the second input, where there is one (default). `'length'`: the longest, whatever the labels say. */
  readonly by?: 'label' | 'length';
}

/** {@link maskCapsules} as a layer of [capsules, labels], or of the capsules alone. */
export class CapsuleMask extends layers.Layer {
  static readonly className = 'CapsuleMask';
  readonly #by: 'label' | 'length';

  constructor(args: CapsuleMaskArgs = {}) {
    super(args);
    this.#by = oneOf(this, 'by', args.by ?? 'label', ['label', 'length']);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [capsules, ...labels] = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[];
    soleInput(this, capsules!, 3, '[batch, classes, dim]');
    const classes = knownSize(this, capsules!, 1, 'number of classes');
    const dim = knownSize(this, capsules!, 2, 'capsule size');
    const fits = ({ length, 1: size }: Shape) =>
      length === 1 || (length === 2 && (size === 1 || size === classes));
    if (labels.length > 1 || !labels.every(fits)) {
      throw new Error(
        `${nameOf(this)}: expected labels [batch] or targets [batch, ${classes}], found ${labels.map(show).join(' and ')}`,
      );
    }
    return [capsules![0]!, classes * dim];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [capsules, labels] = Array.isArray(inputs) ? inputs : [inputs];
    return maskCapsules(capsules as tf.Tensor3D, this.#by === 'label' ? labels : undefined);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), by: this.#by };
  }
}
tf.serialization.registerClass(CapsuleMask);
