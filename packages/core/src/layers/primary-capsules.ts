import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { exponentialSquash } from '../capsules/exponential-squash';
import { squash } from '../capsules/squash';
import { convolution2d } from '../convolution/convolution2d';
import { depthwiseConvolution2d } from '../convolution/depthwise-convolution2d';
import { kernelCache } from '../convolution/kernel-cache';
import { configOf, type Initializer, type InitializerConfig, initializerFrom } from './initializer-config';
import { knownSize, type LayerArgs, nameOf, oneOf, positiveInteger, show, soleInput } from './layer-shapes';

export interface PrimaryCapsulesArgs extends LayerArgs {
  /** Capsules at each position of the convolution's output. Paper: 32. */
  readonly channels: number;
  /** Size of each. Paper: 8. */
  readonly dim: number;
  /** Height and width of the kernel. Default 9. */
  readonly kernelSize?: number;
  /** Default 2. */
  readonly strides?: number;
  /** Whether each feature sees one channel below, of which there are channels * dim, or all of them (default). */
  readonly depthwise?: boolean;
  /** The paper's `squash` (default), or `exponentialSquash`. */
  readonly squash?: 'paper' | 'exponential';
  /** Factor of the convolution before the bias; 1/32 in the authors' code. Default 1. */
  readonly gain?: number;
  /** Of the kernel [height, width, channelsBelow, channels * dim, or 1 where it is depthwise]. Default: uniform within 1 / sqrt(fan-in). */
  readonly kernelInitializer?: Initializer | InitializerConfig;
  /** Default: zeros. */
  readonly biasInitializer?: Initializer | InitializerConfig;
  /** Which formulation of the convolution runs; default `'auto'`. It changes time and memory only, so it is not saved. */
  readonly method?: 'auto' | 'direct' | 'bilinear';
}

/**
 * The first capsules (section 4 of the paper): a convolution whose channels are read as squashed vectors.
 *
 * [batch, height, width, channelsBelow] -> [batch, positions * channels, dim]
 *
 * Capsule (row * width + column) * channels + channel holds `dim` neighbouring channels of the convolution.
 */
export class PrimaryCapsules extends layers.Layer {
  static readonly className = 'PrimaryCapsules';
  readonly #options: Required<
    Pick<
      PrimaryCapsulesArgs,
      'channels' | 'dim' | 'kernelSize' | 'strides' | 'depthwise' | 'squash' | 'gain' | 'method'
    >
  >;
  readonly #initializers: { readonly kernel: Initializer; readonly bias: Initializer };
  #kernel?: LayerVariable;
  #bias?: LayerVariable;
  /** The kernel's transform, between calls that do not train. */
  readonly #cache = kernelCache();

  constructor(args: PrimaryCapsulesArgs) {
    super(args);
    this.#options = {
      channels: positiveInteger(this, 'channels', args.channels),
      dim: positiveInteger(this, 'dim', args.dim),
      kernelSize: positiveInteger(this, 'kernelSize', args.kernelSize ?? 9),
      strides: positiveInteger(this, 'strides', args.strides ?? 2),
      depthwise: args.depthwise ?? false,
      squash: oneOf(this, 'squash', args.squash ?? 'paper', ['paper', 'exponential']),
      gain: args.gain ?? 1,
      method: oneOf(this, 'method', args.method ?? 'auto', ['auto', 'direct', 'bilinear']),
    };
    const fanIn = initializers.varianceScaling({ scale: 1 / 3, mode: 'fanIn', distribution: 'uniform' });
    this.#initializers = {
      kernel: initializerFrom(args.kernelInitializer ?? fanIn),
      bias: initializerFrom(args.biasInitializer ?? initializers.zeros()),
    };
  }

  override build(inputShape: Shape | Shape[]): void {
    const { channels, dim, kernelSize, depthwise } = this.#options;
    const below = this.#checked(inputShape)[3]!;
    const size = [kernelSize, kernelSize, below, depthwise ? 1 : channels * dim];
    this.#kernel = this.addWeight('kernel', size, 'float32', this.#initializers.kernel);
    this.#bias = this.addWeight('bias', [channels * dim], 'float32', this.#initializers.bias);
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const { channels, dim, kernelSize, strides } = this.#options;
    const [batch, height, width] = this.#checked(inputShape);
    const along = (size: number) => Math.floor((size - kernelSize) / strides) + 1;
    return [batch!, along(height!) * along(width!) * channels, dim];
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean } = {}): tf.Tensor {
    // In training the kernel changes before the next call.
    if (training) this.#cache.clear();
    const cache = training ? undefined : this.#cache;
    const { dim, strides, depthwise, gain, method } = this.#options;
    const squashed = this.#options.squash === 'paper' ? squash : exponentialSquash;
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0]! : inputs) as tf.Tensor4D;
      const kernel = this.#kernel!.read() as tf.Tensor4D;
      const convolved = depthwise
        ? depthwiseConvolution2d(x, kernel, strides)
        : convolution2d(x, kernel, strides, { method, cache });
      const features = tf.add(gain === 1 ? convolved : tf.mul(convolved, gain), this.#bias!.read());
      return squashed(tf.reshape(features, [x.shape[0], -1, dim])); // [batch, positions * channels, dim]
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
    const { method: _, ...options } = this.#options;
    return {
      ...super.getConfig(),
      ...options,
      kernelInitializer: configOf(this.#initializers.kernel),
      biasInitializer: configOf(this.#initializers.bias),
    };
  }

  #checked(inputShape: Shape | Shape[]): Shape {
    const shape = soleInput(this, inputShape, 4, '[batch, height, width, channels]');
    const height = knownSize(this, shape, 1, 'height');
    const width = knownSize(this, shape, 2, 'width');
    const below = knownSize(this, shape, 3, 'number of channels');
    const { channels, dim, kernelSize, depthwise } = this.#options;
    if (depthwise && below !== channels * dim) {
      throw new Error(
        `${nameOf(this)}: expected ${channels * dim} channels (channels * dim) to be depthwise, found ${show(shape)}`,
      );
    }
    if (height < kernelSize || width < kernelSize) {
      throw new Error(
        `${nameOf(this)}: expected at least ${kernelSize}x${kernelSize} for its kernel, found ${show(shape)}`,
      );
    }
    return shape;
  }
}
tf.serialization.registerClass(PrimaryCapsules);
