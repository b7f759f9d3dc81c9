import type * as tf from '@tensorflow/tfjs-core';
import type * as z from 'zod/mini';
import type { BatchLoss } from '../losses/mean-loss';

/** What a network learns from. */
export interface LabelledImages {
  /** [batch, height, width, channels] in 0..1 */
  readonly images: tf.Tensor4D;
  /**
   * Class indices: [batch], or [batch, n] where n different classes are in each image, as in MultiMNIST. Or one-hot rows
   * [batch, classes] of 0 and 1, several of them 1 for several classes.
   */
  readonly labels: tf.Tensor1D | tf.Tensor2D;
  /** Of each label its digit alone, like `images`: what its capsule is to reconstruct. Default, for one label: `images`. */
  readonly digits?: readonly tf.Tensor4D[];
}

/** A class that a network sees in an image. */
export interface ClassScore {
  readonly label: number;
  /** Activation of its capsule, or its probability in a network without capsules: 0..1. */
  readonly score: number;
}

/** What every kind of network can do, with capsules or without. */
export interface Network {
  /** `'capsnet'`, `'cnn'`. */
  readonly kind: string;
  /** All of its configuration, defaults included. */
  readonly config: { readonly kind: string; readonly classes: number };
  /**
   * All weights, by stable names: `conv1/kernel`, `classes/kernel` ... Those that only `loss` moves, of batch normalisation
   * and dropout, have `trainable` false.
   * tfjs numbers the names of a second network's variables, so find a gradient by `variables['conv1/kernel'].name`.
   */
  readonly variables: Readonly<Record<string, tf.Variable>>;
  /** The mean loss of a batch, differentiable, and the means of its parts, `accuracy` among them. */
  loss(batch: LabelledImages): BatchLoss;
  /** The same of each example apart, each [batch], and `scores`, as of {@link Network.scores | scores}: [batch, classes]. */
  evaluate(batch: LabelledImages): Readonly<Record<string, tf.Tensor>>;
  /** How much of each class is in each image: [batch, classes] in 0..1. */
  scores(images: tf.Tensor4D): tf.Tensor2D;
  /**
   * The classes of each image, the most active first.
   *
   * @param images [batch, height, width, channels] in 0..1, or one image [height, width, channels]
   * @param options.labels how many classes of each image. Default 1; 2 for MultiMNIST
   * @returns a list for each image
   * @throws CapsnetError if the images are of another size than the network's, or a score is not finite
   */
  classify(
    images: tf.Tensor<tf.Rank.R3 | tf.Rank.R4>,
    options?: { readonly labels?: number },
  ): Promise<ClassScore[][]>;
  /** Frees all weights. */
  dispose(): void;
}

/** A kind of network: what its configuration is, and how a network is made of one. */
export interface NetworkKind<Config extends Network['config'], Made extends Network> {
  /** Its name in a configuration, and where the metadata of a model file holds the configuration. */
  readonly kind: Config['kind'];
  /** The keys, checks, defaults and descriptions of its configuration. */
  readonly schema: z.ZodMiniType<Config>;
  /** All of a configuration that was stated in part. @throws CapsnetError `invalid-argument` if it cannot be built */
  check(options: object): Config;
  /** The names and shapes of its weights. Nothing is allocated. */
  shapes(config: Config): Readonly<Record<string, readonly number[]>>;
  build(config: Config): Made;
}
