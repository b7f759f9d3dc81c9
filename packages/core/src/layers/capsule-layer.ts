import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, type Shape } from '@tensorflow/tfjs-layers';
import { checked } from '../configuration/check';
import {
  configOf,
  type Initializer,
  type InitializerConfig,
  initializerFrom,
} from '../configuration/initializer-config';
import { convolvedSize } from '../convolution/convolved-size';
import type { Capsules, Connection, Routing, RoutingIteration } from '../routing/routing';
import { type RoutingConfig, type RoutingOptions, routingOf, routingSchema } from '../routing/routings';
import { traced } from '../routing/trace';
import { Layer } from './layer';
import { expectLayerOptions } from './layer-options';
import { knownSize, type LayerArgs, nameOf, positiveInteger, showShape } from './layer-shapes';

export interface CapsuleLayerArgs extends LayerArgs {
  /** Number of capsules of this layer; of a convolutional one, at each place. */
  readonly capsules: number;
  /** Size of each. */
  readonly dim: number;
  /** What fills it, as under `routing` in a configuration, or the name alone. Default `'dynamic'`. */
  readonly routing?: RoutingOptions | RoutingConfig['type'];
  /** Of a convolutional capsule layer: the side of the window that each place hears. Default: every capsule hears all. */
  readonly kernelSize?: number | undefined;
  /** Of a convolutional capsule layer. Default 1. */
  readonly strides?: number;
  /** How the capsules below lie: [height, width]. Default [1, 1]: nowhere in particular. */
  readonly grid?: readonly [number, number];
  /** Of the transformations that make votes. Default: truncated normal, 0.1. */
  readonly kernelInitializer?: Initializer | InitializerConfig | string;
  /** Of a routing's bias. Default: the routing's, 0.1 for dynamic routing and 0 for self-attention. */
  readonly biasInitializer?: Initializer | InitializerConfig | string | undefined;
}

const ownOptions = [
  'capsules',
  'dim',
  'routing',
  'kernelSize',
  'strides',
  'grid',
  'kernelInitializer',
  'biasInitializer',
] as const satisfies readonly (keyof CapsuleLayerArgs)[];

/**
 * A layer of capsules that routing fills from the layer below: [batch, in, inDim] -> [batch, capsules, dim]. Such layers
 * stack. Where a routing keeps activations beside the poses, as EM routing does, the layer takes [poses, activations] and
 * gives both: [batch, in, inDim] and [batch, in] -> [batch, out, dim] and [batch, out].
 */
export class CapsuleLayer extends Layer {
  static readonly className = 'CapsuleLayer';
  readonly #size: { readonly channels: number; readonly dim: number };
  readonly #window: Connection['window'];
  readonly #grid: readonly [number, number];
  readonly #settings: RoutingConfig;
  readonly #routing: Routing<RoutingConfig>;
  readonly #initializers: { readonly kernel: Initializer; readonly bias: Initializer | undefined };
  readonly #weights: Record<string, LayerVariable> = {};
  #connection?: Connection;

  constructor(args: CapsuleLayerArgs) {
    super(args);
    expectLayerOptions(this, args, ownOptions);
    this.#size = {
      channels: positiveInteger(this, 'capsules', args.capsules),
      dim: positiveInteger(this, 'dim', args.dim),
    };
    const {
      routing = 'dynamic',
      kernelSize,
      strides = 1,
      grid = [1, 1],
      kernelInitializer,
      biasInitializer,
    } = args;
    this.#settings = checked(
      routingSchema,
      typeof routing === 'string' ? { type: routing } : routing,
      `${nameOf(this)}: routing`,
    );
    this.#routing = routingOf(this.#settings);
    // A saved model has null for what is absent.
    this.#window =
      kernelSize == null
        ? undefined
        : {
            kernelSize: positiveInteger(this, 'kernelSize', kernelSize),
            strides: positiveInteger(this, 'strides', strides),
          };
    this.#grid = [positiveInteger(this, 'grid[0]', grid[0]), positiveInteger(this, 'grid[1]', grid[1])];
    this.#initializers = {
      kernel: initializerFrom(kernelInitializer ?? initializers.truncatedNormal({ stddev: 0.1 })),
      bias: biasInitializer ? initializerFrom(biasInitializer) : undefined,
    };
  }

  override build(inputShape: Shape | Shape[]): void {
    this.#connection = this.#connectionFrom(inputShape);
    const { kernel, bias } = this.#initializers;
    const weights = this.#routing.weights(this.#connection, this.#settings);
    for (const [name, { shape, initializer = kernel }] of Object.entries(weights)) {
      const start = name === 'bias' && bias ? bias : initializer;
      this.#weights[name] = this.addWeight(name, [...shape], 'float32', start);
    }
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const { higher } = this.#connectionFrom(inputShape);
    const [batch] = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as Shape;
    const capsules = higher.height * higher.width * higher.channels;
    const poses = [batch!, capsules, higher.dim];
    return this.#routing.activation === 'length' ? poses : [poses, [batch!, capsules]];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor | tf.Tensor[] {
    return tf.tidy(() => {
      const { poses, activations } = this.#route(capsulesFrom(inputs));
      return activations ? [poses, activations] : poses;
    });
  }

  /**
   * What every iteration of its routing finds for the capsules below, and the votes of those.
   *
   * @returns tensors of the caller's, to be disposed of
   */
  trace(lower: Capsules): { iterations: RoutingIteration[]; votes: tf.Tensor4D } {
    return tf.tidy(() => {
      const { iterations } = traced(observe => this.#route(lower, observe));
      const votes = this.#routing.votes(lower, this.#read(), this.#connection!);
      return { iterations, votes } as object as tf.TensorContainerObject;
    }) as object as { iterations: RoutingIteration[]; votes: tf.Tensor4D };
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { kernel, bias } = this.#initializers;
    return {
      ...super.getConfig(),
      capsules: this.#size.channels,
      dim: this.#size.dim,
      routing: { ...this.#settings },
      ...(this.#window && { ...this.#window }),
      grid: [...this.#grid],
      kernelInitializer: configOf(kernel),
      ...(bias && { biasInitializer: configOf(bias) }),
    };
  }

  #route(lower: Capsules, observe?: Parameters<Routing['route']>[4]): Capsules {
    return this.#routing.route(lower, this.#read(), this.#connection!, this.#settings, observe);
  }

  #read(): Record<string, tf.Tensor> {
    return Object.fromEntries(Object.entries(this.#weights).map(([name, weight]) => [name, weight.read()]));
  }

  #connectionFrom(inputShape: Shape | Shape[]): Connection {
    const [height, width] = this.#grid;
    const shape = this.#posesShape(inputShape);
    const capsules = knownSize(this, shape, 1, 'number of lower capsules');
    const dim = knownSize(this, shape, 2, 'size of lower capsules');
    if (capsules % (height * width) !== 0) {
      throw new CapsnetError(
        'invalid-tensor',
        `${nameOf(this)}: expected as many capsules at each place of a grid ${height}x${width}, found ${showShape(shape)}`,
      );
    }
    const lower = { height, width, channels: capsules / (height * width), dim };
    return { lower, higher: this.#higherOf(height, width), window: this.#window };
  }

  #higherOf(height: number, width: number): Connection['higher'] {
    if (!this.#window) return { height: 1, width: 1, ...this.#size };
    const { kernelSize, strides } = this.#window;
    if (kernelSize > Math.min(height, width)) {
      throw new CapsnetError(
        'invalid-argument',
        `${nameOf(this)}: expected kernelSize of at most ${Math.min(height, width)}, the grid below, found ${kernelSize}`,
      );
    }
    return {
      height: convolvedSize(height, kernelSize, strides),
      width: convolvedSize(width, kernelSize, strides),
      ...this.#size,
    };
  }

  /** The shape of the poses, of inputs that are as many as the routing wants. */
  #posesShape(inputShape: Shape | Shape[]): Shape {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[];
    const ranks = this.#routing.activation === 'length' ? [3] : [3, 2];
    if (shapes.map(({ length }) => length).join() === ranks.join()) return shapes[0]!;
    const expected =
      ranks.length === 1
        ? 'an input [batch, in, inDim]'
        : 'poses [batch, in, inDim] and activations [batch, in]';
    throw new CapsnetError(
      'invalid-tensor',
      `${nameOf(this)}: expected ${expected}, found ${shapes.map(showShape).join(' and ')}`,
    );
  }
}
tf.serialization.registerClass(CapsuleLayer);

/** What a layer was given as capsules. */
export function capsulesFrom(inputs: tf.Tensor | tf.Tensor[]): Capsules {
  const [poses, activations] = Array.isArray(inputs) ? inputs : [inputs];
  return { poses: poses as tf.Tensor3D, ...(activations && { activations: activations as tf.Tensor2D }) };
}
