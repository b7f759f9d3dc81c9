import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { capsuleLength } from '../capsules/length';
import { Layer } from './layer';
import { expectLayerOptions } from './layer-options';
import { type LayerArgs, soleInput } from './layer-shapes';

/** {@link capsuleLength} as a layer: [batch, capsules, dim] -> [batch, capsules]. */
export class CapsuleLength extends Layer {
  static readonly className = 'CapsuleLength';

  constructor(args: LayerArgs = {}) {
    super(args);
    expectLayerOptions(this, args, []);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return soleInput(this, inputShape, 3, '[batch, capsules, dim]').slice(0, -1);
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => capsuleLength(Array.isArray(inputs) ? inputs[0]! : inputs));
  }
}
tf.serialization.registerClass(CapsuleLength);
