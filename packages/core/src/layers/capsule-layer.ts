import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, layers, type Shape } from '@tensorflow/tfjs-layers';
import { routeCapsules } from '../routing/dynamic/dynamic-routing';
import { attendCapsules } from '../routing/self-attention/self-attention-routing';
import { configOf, type Initializer, type InitializerConfig, initializerFrom } from './initializer-config';
import { knownSize, type LayerArgs, oneOf, positiveInteger, soleInput } from './layer-shapes';

export interface CapsuleLayerArgs extends LayerArgs {
  /** Number of capsules of this layer. */
  readonly capsules: number;
  /** Size of each. */
  readonly dim: number;
  /** What fills it; see `dynamicRouting` and `selfAttentionRouting`. Default `'dynamic'`. */
  readonly routing?: 'dynamic' | 'self-attention';
  /** Iterations of dynamic routing. Default 3. */
  readonly iterations?: number;
  /** Dynamic routing's couplings sum to 1 over this layer's capsules (`'out'`, the paper and the default). */
  readonly softmaxOver?: 'out' | 'in';
  /** Default `'full'`: the gradient flows through every iteration of dynamic routing. */
  readonly gradient?: 'full' | 'last';
  /**
   * Whether there is a trained bias: [capsules, dim], added to s in every iteration of dynamic routing, or [in, capsules],
   * added to the couplings of self-attention routing. Default false.
   */
  readonly useBias?: boolean;
  /** Of the weight [in, capsules, inDim, dim]. Default: truncated normal, .1. */
  readonly kernelInitializer?: Initializer | InitializerConfig;
  /** Default: zeros. */
  readonly biasInitializer?: Initializer | InitializerConfig;
  /** Which formulation of dynamic routing runs; default `'auto'`. It changes time and memory only, so it is not saved. */
  readonly method?: 'auto' | 'plain' | 'fast';
}

/**
 * A layer of capsules that routing fills from the layer below: [batch, in, inDim] -> [batch, capsules, dim].
 * Such layers stack.
 */
export class CapsuleLayer extends layers.Layer {
  static readonly className = 'CapsuleLayer';
  readonly #capsules: number;
  readonly #dim: number;
  readonly #routing: 'dynamic' | 'self-attention';
  readonly #dynamic: Required<Pick<CapsuleLayerArgs, 'iterations' | 'softmaxOver' | 'gradient' | 'method'>>;
  readonly #useBias: boolean;
  readonly #initializers: { readonly kernel: Initializer; readonly bias: Initializer };
  #weight?: LayerVariable;
  #bias?: LayerVariable;

  constructor(args: CapsuleLayerArgs) {
    super(args);
    this.#capsules = positiveInteger(this, 'capsules', args.capsules);
    this.#dim = positiveInteger(this, 'dim', args.dim);
    this.#routing = oneOf(this, 'routing', args.routing ?? 'dynamic', ['dynamic', 'self-attention']);
    this.#dynamic = {
      iterations: positiveInteger(this, 'iterations', args.iterations ?? 3),
      softmaxOver: oneOf(this, 'softmaxOver', args.softmaxOver ?? 'out', ['out', 'in']),
      gradient: oneOf(this, 'gradient', args.gradient ?? 'full', ['full', 'last']),
      method: oneOf(this, 'method', args.method ?? 'auto', ['auto', 'plain', 'fast']),
    };
    this.#useBias = args.useBias ?? false;
    this.#initializers = {
      kernel: initializerFrom(args.kernelInitializer ?? initializers.truncatedNormal({ stddev: 0.1 })),
      bias: initializerFrom(args.biasInitializer ?? initializers.zeros()),
    };
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = this.#checked(inputShape);
    const [children, inDim] = [shape[1]!, shape[2]!];
    const size = [children, this.#capsules, inDim, this.#dim];
    this.#weight = this.addWeight('kernel', size, 'float32', this.#initializers.kernel);
    if (this.#useBias) {
      const biasSize = this.#routing === 'dynamic' ? [this.#capsules, this.#dim] : [children, this.#capsules];
      this.#bias = this.addWeight('bias', biasSize, 'float32', this.#initializers.bias);
    }
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [this.#checked(inputShape)[0]!, this.#capsules, this.#dim];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const u = Array.isArray(inputs) ? inputs[0]! : inputs;
    const weight = this.#weight!.read();
    const bias = this.#bias?.read();
    if (this.#routing === 'self-attention') return attendCapsules(u, weight, bias);
    return routeCapsules(u, weight, { ...this.#dynamic, ...(bias && { bias }) });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { iterations, softmaxOver, gradient } = this.#dynamic;
    return {
      ...super.getConfig(),
      capsules: this.#capsules,
      dim: this.#dim,
      routing: this.#routing,
      iterations,
      softmaxOver,
      gradient,
      useBias: this.#useBias,
      kernelInitializer: configOf(this.#initializers.kernel),
      biasInitializer: configOf(this.#initializers.bias),
    };
  }

  #checked(inputShape: Shape | Shape[]): Shape {
    const shape = soleInput(this, inputShape, 3, '[batch, in, inDim]');
    knownSize(this, shape, 1, 'number of lower capsules');
    knownSize(this, shape, 2, 'size of lower capsules');
    return shape;
  }
}
tf.serialization.registerClass(CapsuleLayer);
