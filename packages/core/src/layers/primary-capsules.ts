import { CapsnetError, show } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, type Shape } from '@tensorflow/tfjs-layers';
import { type SquashName, squashes, squashNames } from '../capsules/squashes';
import {
  configOf,
  type Initializer,
  type InitializerConfig,
  initializerFrom,
} from '../configuration/initializer-config';
import { convolution2d } from '../convolution/convolution2d';
import { convolvedSize } from '../convolution/convolved-size';
import { depthwiseConvolution2d } from '../convolution/depthwise-convolution2d';
import { kernelCache } from '../convolution/kernel-cache';
import { Layer } from './layer';
import { expectLayerOptions } from './layer-options';
import {
  knownSize,
  type LayerArgs,
  nameOf,
  oneOf,
  type Pair,
  positiveInteger,
  positivePair,
  showShape,
  soleInput,
} from './layer-shapes';

export interface PrimaryCapsulesArgs extends LayerArgs {
  /** Capsules at each position of the convolution's output. Paper: 32. */
  readonly channels: number;
  /** Size of each. Paper: 8. */
  readonly dim: number;
  /** Of the kernel: one number, or [height, width]. Default 9. */
  readonly kernelSize?: number | readonly [number, number];
  /** One number, or [vertical, horizontal], which are one number where it is depthwise. Default 2. */
  readonly strides?: number | readonly [number, number];
  /** `'valid'` (default), or `'same'`: zeros around, so that there are input size / strides positions, rounded up. */
  readonly padding?: 'valid' | 'same';
  /** Whether each feature sees one channel below, of which there are channels * dim, or all of them (default). */
  readonly depthwise?: boolean;
  /**
   * `'length'` (default): capsules are squashed, and the length of one says how likely it is there. `'separate'`, for EM
   * routing: capsules are poses, not squashed, and a second output holds the probability of each, a sigmoid.
   */
  readonly activation?: 'length' | 'separate';
  /** The paper's `squash` (default), or `exponentialSquash`; of capsules whose length is their activation. */
  readonly squash?: SquashName;
  /** Factor of the convolution before the bias; 1/32 in the authors' code. Default 1. */
  readonly gain?: number;
  /**
   * Of the kernel [height, width, channelsBelow, features]: channels * dim, or 1 where it is depthwise, and `channels` more
   * where activations are separate. Default: uniform within 1 / sqrt(fan-in).
   */
  readonly kernelInitializer?: Initializer | InitializerConfig | string;
  /** Default: zeros. */
  readonly biasInitializer?: Initializer | InitializerConfig | string;
  /** Which formulation of the convolution runs; default `'auto'`. It changes time and memory only, so it is not saved. */
  readonly method?: 'auto' | 'direct' | 'bilinear';
}

const ownOptions = [
  'channels',
  'dim',
  'kernelSize',
  'strides',
  'padding',
  'depthwise',
  'activation',
  'squash',
  'gain',
  'kernelInitializer',
  'biasInitializer',
  'method',
] as const satisfies readonly (keyof PrimaryCapsulesArgs)[];

/**
 * The first capsules (section 4 of the paper): a convolution whose channels are read as squashed vectors.
 *
 * [batch, height, width, channelsBelow] -> [batch, positions * channels, dim]
 *
 * Capsule (row * width + column) * channels + channel holds `dim` neighbouring channels of the convolution.
 */
export class PrimaryCapsules extends Layer {
  static readonly className = 'PrimaryCapsules';
  readonly #options: Required<
    Pick<
      PrimaryCapsulesArgs,
      'channels' | 'dim' | 'padding' | 'depthwise' | 'activation' | 'squash' | 'gain' | 'method'
    >
  > & { readonly kernelSize: Pair; readonly strides: Pair };
  readonly #initializers: { readonly kernel: Initializer; readonly bias: Initializer };
  #kernel?: LayerVariable;
  #bias?: LayerVariable;
  /** The kernel's transform, between calls that do not train. */
  readonly #cache = kernelCache();

  constructor(args: PrimaryCapsulesArgs) {
    super(args);
    expectLayerOptions(this, args, ownOptions);
    this.#options = {
      channels: positiveInteger(this, 'channels', args.channels),
      dim: positiveInteger(this, 'dim', args.dim),
      kernelSize: positivePair(this, 'kernelSize', args.kernelSize ?? 9),
      strides: positivePair(this, 'strides', args.strides ?? 2),
      padding: oneOf(this, 'padding', args.padding ?? 'valid', ['valid', 'same']),
      depthwise: args.depthwise ?? false,
      activation: oneOf(this, 'activation', args.activation ?? 'length', ['length', 'separate']),
      squash: oneOf(this, 'squash', args.squash ?? 'paper', squashNames),
      gain: args.gain ?? 1,
      method: oneOf(this, 'method', args.method ?? 'auto', ['auto', 'direct', 'bilinear']),
    };
    if (this.#options.depthwise && this.#options.activation === 'separate') {
      throw new CapsnetError(
        'invalid-argument',
        `${nameOf(this)}: expected depthwise to be false for separate activations, found true`,
      );
    }
    const { depthwise, strides } = this.#options;
    // TensorFlow has no others.
    if (depthwise && strides[0] !== strides[1]) {
      throw new CapsnetError(
        'invalid-argument',
        `${nameOf(this)}: expected one number for the strides of a depthwise convolution, found ${show(strides)}`,
      );
    }
    const fanIn = initializers.varianceScaling({ scale: 1 / 3, mode: 'fanIn', distribution: 'uniform' });
    this.#initializers = {
      kernel: initializerFrom(args.kernelInitializer ?? fanIn),
      bias: initializerFrom(args.biasInitializer ?? initializers.zeros()),
    };
  }

  override build(inputShape: Shape | Shape[]): void {
    const { kernelSize, depthwise } = this.#options;
    const below = this.#checked(inputShape)[3]!;
    const size = [...kernelSize, below, depthwise ? 1 : this.#features];
    this.#kernel = this.addWeight('kernel', size, 'float32', this.#initializers.kernel);
    this.#bias = this.addWeight('bias', [this.#features], 'float32', this.#initializers.bias);
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const { channels, dim, kernelSize, strides, activation } = this.#options;
    const [batch, height, width] = this.#checked(inputShape);
    const positions = [height!, width!].map((size, axis) =>
      convolvedSize(size + sum(this.#paddingAlong(axis, size)), kernelSize[axis]!, strides[axis]!),
    );
    const capsules = positions[0]! * positions[1]! * channels;
    const poses = [batch!, capsules, dim];
    return activation === 'length' ? poses : [poses, [batch!, capsules]];
  }

  override call(
    inputs: tf.Tensor | tf.Tensor[],
    { training }: { training?: boolean } = {},
  ): tf.Tensor | tf.Tensor[] {
    // In training the kernel changes before the next call.
    if (training) this.#cache.clear();
    const cache = training ? undefined : this.#cache;
    const { channels, dim, strides, depthwise, gain, method, activation, squash } = this.#options;
    return tf.tidy(() => {
      const x = this.#padded((Array.isArray(inputs) ? inputs[0]! : inputs) as tf.Tensor4D);
      const kernel = this.#kernel!.read() as tf.Tensor4D;
      const convolved = depthwise
        ? depthwiseConvolution2d(x, kernel, strides[0])
        : convolution2d(x, kernel, strides, { method, cache });
      const features = tf.add(gain === 1 ? convolved : tf.mul(convolved, gain), this.#bias!.read());
      const batch = x.shape[0];
      if (activation === 'length') return squashes[squash](tf.reshape(features, [batch, -1, dim])); // [batch, positions * channels, dim]
      const [poses, logits] = tf.split(features, [channels * dim, channels], -1) as [tf.Tensor, tf.Tensor];
      return [tf.reshape(poses, [batch, -1, dim]), tf.sigmoid(tf.reshape(logits, [batch, -1]))];
    });
  }

  /** Frees what is kept between calls besides the weights, which a call makes again. `dispose()` does so too. */
  clearCache(): void {
    this.#cache.clear();
  }

  protected override disposeWeights(): number {
    this.clearCache();
    return super.disposeWeights();
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { method: _, kernelSize, strides, ...options } = this.#options;
    return {
      ...super.getConfig(),
      ...options,
      kernelSize: [...kernelSize],
      strides: [...strides],
      kernelInitializer: configOf(this.#initializers.kernel),
      biasInitializer: configOf(this.#initializers.bias),
    };
  }

  /** How many features the convolution has at a place. */
  get #features(): number {
    const { channels, dim, activation } = this.#options;
    return channels * (activation === 'length' ? dim : dim + 1);
  }

  /** How many zeros before and after an axis (0 is the vertical one) of a size. */
  #paddingAlong(axis: number, size: number): [before: number, after: number] {
    const { padding, kernelSize, strides } = this.#options;
    if (padding === 'valid') return [0, 0];
    const stride = strides[axis]!;
    const zeros = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernelSize[axis]! - size);
    return [Math.floor(zeros / 2), Math.ceil(zeros / 2)];
  }

  #padded(x: tf.Tensor4D): tf.Tensor4D {
    if (this.#options.padding === 'valid') return x;
    const [, height, width] = x.shape;
    return tf.pad(x, [[0, 0], this.#paddingAlong(0, height), this.#paddingAlong(1, width), [0, 0]]);
  }

  #checked(inputShape: Shape | Shape[]): Shape {
    const shape = soleInput(this, inputShape, 4, '[batch, height, width, channels]');
    const height = knownSize(this, shape, 1, 'height');
    const width = knownSize(this, shape, 2, 'width');
    const below = knownSize(this, shape, 3, 'number of channels');
    const { channels, dim, kernelSize, padding, depthwise } = this.#options;
    if (depthwise && below !== channels * dim) {
      throw new CapsnetError(
        'invalid-tensor',
        `${nameOf(this)}: expected ${channels * dim} channels (channels * dim) to be depthwise, found ${showShape(shape)}`,
      );
    }
    if (padding === 'valid' && (height < kernelSize[0] || width < kernelSize[1])) {
      throw new CapsnetError(
        'invalid-tensor',
        `${nameOf(this)}: expected at least ${kernelSize.join('x')} for its kernel, found ${showShape(shape)}`,
      );
    }
    return shape;
  }
}
tf.serialization.registerClass(PrimaryCapsules);

function sum([before, after]: readonly [number, number]): number {
  return before + after;
}
