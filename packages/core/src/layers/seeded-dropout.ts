import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, type Shape } from '@tensorflow/tfjs-layers';
import { Layer } from './layer';
import { expectLayerOptions } from './layer-options';
import { type LayerArgs, nameOf } from './layer-shapes';

export interface SeededDropoutArgs extends LayerArgs {
  /** Which share of its input is set to 0 in training, the rest being scaled up: at least 0 and below 1. */
  readonly rate: number;
  readonly seed: number;
}

/**
 * Dropout that draws another mask in each step of training, yet the same ones in every run. It counts its steps in a
 * weight that is not trained, so that a run that is taken up from a checkpoint goes on with the mask that is next.
 * `tf.layers.dropout` draws the same mask in all steps when it is given a seed.
 */
export class SeededDropout extends Layer {
  static readonly className = 'SeededDropout';
  readonly #rate: number;
  readonly #seed: number;
  #step?: LayerVariable;

  constructor(args: SeededDropoutArgs) {
    super(args);
    expectLayerOptions(this, args, ['rate', 'seed']);
    if (!(args.rate >= 0 && args.rate < 1)) {
      throw new CapsnetError(
        'invalid-argument',
        `${nameOf(this)}: expected rate to be at least 0 and below 1, found ${args.rate}`,
      );
    }
    this.#rate = args.rate;
    this.#seed = args.seed;
  }

  override build(): void {
    this.#step = this.addWeight('step', [], 'float32', initializers.zeros(), undefined, false);
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean } = {}): tf.Tensor {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs;
    return tf.tidy(() => {
      if (!training || this.#rate === 0) return tf.clone(x);
      const counter = this.#step!;
      const step = counter.read().dataSync()[0]! + 1;
      counter.write(tf.scalar(step));
      return tf.dropout(x, this.#rate, undefined, `${this.#seed} ${step}`);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), rate: this.#rate, seed: this.#seed };
  }
}
tf.serialization.registerClass(SeededDropout);
