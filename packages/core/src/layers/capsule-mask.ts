import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { capsuleLength } from '../capsules/length';
import { targetsOf } from '../losses/labels';
import { Layer } from './layer';
import { expectLayerOptions } from './layer-options';
import { knownSize, type LayerArgs, nameOf, oneOf, showShape, soleInput } from './layer-shapes';

/**
 * Keeps one capsule of each example and sets the others to zero, as the decoder wants them (section 4.1 of the paper):
 * the labels' in training, the most active at inference.
 *
 * @param capsules [batch, classes, dim]
 * @param labels   class indices [batch], or targets [batch, classes] for several at once; the longest capsule when not given
 * @returns [batch, classes * dim]
 * @throws CapsnetError if the labels do not fit
 */
export function maskCapsules(capsules: tf.Tensor3D, labels?: tf.Tensor): tf.Tensor2D {
  return tf.tidy(() => {
    const [batch, classes] = capsules.shape;
    return keepTargets(
      capsules,
      labels
        ? targetsOf(labels, batch, classes, 'maskCapsules')
        : mostActiveTargets(capsuleLength(capsules) as tf.Tensor2D),
    );
  });
}

/** {@link maskCapsules} by targets that have been checked: [batch, classes]. */
export function keepTargets(capsules: tf.Tensor3D, targets: tf.Tensor2D): tf.Tensor2D {
  const [batch, classes, dim] = capsules.shape;
  return tf.tidy(() => tf.reshape(tf.mul(capsules, tf.expandDims(targets, -1)), [batch, classes * dim]));
}

/** 1 for the most active class of each row, 0 for the others: [batch, classes]. */
export function mostActiveTargets(activations: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const classes = activations.shape[1];
    // tf.oneHot knows no single class, and with a dtype of its own gives wrong values on wasm.
    if (classes === 1) return tf.onesLike(activations);
    return tf.cast(tf.oneHot(tf.argMax(activations, -1) as tf.Tensor1D, classes), 'float32') as tf.Tensor2D;
  });
}

export interface CapsuleMaskArgs extends LayerArgs {
  /** `'label'`: by the second input, where there is one (default). `'prediction'`: the most active, whatever the labels say. */
  readonly maskBy?: 'label' | 'prediction';
}

/**
 * {@link maskCapsules} as a layer of [capsules, labels], or of the capsules alone. By prediction, a second input
 * [batch, classes] says how active each is, where that is not its length.
 */
export class CapsuleMask extends Layer {
  static readonly className = 'CapsuleMask';
  readonly #maskBy: 'label' | 'prediction';

  constructor(args: CapsuleMaskArgs = {}) {
    super(args);
    expectLayerOptions(this, args, ['maskBy']);
    this.#maskBy = oneOf(this, 'maskBy', args.maskBy ?? 'label', ['label', 'prediction']);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [capsules, ...others] = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[];
    soleInput(this, capsules!, 3, '[batch, classes, dim]');
    const classes = knownSize(this, capsules!, 1, 'number of classes');
    const dim = knownSize(this, capsules!, 2, 'capsule size');
    const fits = ({ length, 1: size }: Shape) =>
      length === 1 || (length === 2 && (size === 1 || size === classes));
    if (others.length > 1 || !others.every(fits)) {
      throw new CapsnetError(
        'invalid-tensor',
        `${nameOf(this)}: expected labels [batch] or targets [batch, ${classes}], found ${others.map(showShape).join(' and ')}`,
      );
    }
    return [capsules![0]!, classes * dim];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [capsules, other] = (Array.isArray(inputs) ? inputs : [inputs]) as [tf.Tensor3D, tf.Tensor?];
    if (this.#maskBy === 'label') return maskCapsules(capsules, other);
    if (other?.shape[1] !== capsules.shape[1]) return maskCapsules(capsules);
    return tf.tidy(() => keepTargets(capsules, mostActiveTargets(other as tf.Tensor2D)));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), maskBy: this.#maskBy };
  }
}
tf.serialization.registerClass(CapsuleMask);
