import type * as tf from '@tensorflow/tfjs-core';
import type * as z from 'zod/mini';
import type { Initializer } from '../configuration/initializer-config';

/** Capsules of one layer, in the order (row * width + column) * channels + channel. */
export interface Capsules {
  /** What each found and how it lies: [batch, capsules, dim]. Where its length is the activation, in 0..1. */
  readonly poses: tf.Tensor3D;
  /** The probability that it is there, [batch, capsules], where a routing keeps it beside the pose; else the pose's length. */
  readonly activations?: tf.Tensor2D;
}

/** How the capsules of a layer lie: `channels` capsules of size `dim` at each place of a grid. */
export interface CapsuleGrid {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly dim: number;
}

/** Two layers of capsules, and which of the lower vote for which of the higher. */
export interface Connection {
  readonly lower: CapsuleGrid;
  readonly higher: CapsuleGrid;
  /** Of a convolutional capsule layer: each place of the higher grid hears a window of the lower. Absent: all hear all. */
  readonly window?: { readonly kernelSize: number; readonly strides: number } | undefined;
}

/** A weight that a routing trains between two layers. */
export interface RoutingWeight {
  readonly shape: readonly number[];
  /** How it starts; absent for the transformations, whose start the configuration's `initializer.routing` states. */
  readonly initializer?: Initializer;
}

/** What one iteration found. */
export interface RoutingIteration extends Capsules {
  /** How much of each lower capsule goes to each higher one that it votes for: [batch, in, out]. */
  readonly couplings: tf.Tensor3D;
}

/** Shown each iteration as it happens, from 1; couplings are laid out only for who reads them. */
export type RoutingObserver = (iteration: number, couplings: () => tf.Tensor3D, capsules: Capsules) => void;

/** The options of a routing as a configuration holds them, after defaults. */
export interface RoutingSettings {
  readonly type: string;
}

/**
 * A way in which the capsules of one layer fill those of the next. A new one is a folder here with an object of this kind,
 * and a line in `routings.ts`: layers, configurations, model files, the command line and traces know it from then on.
 */
export interface Routing<Settings extends RoutingSettings = RoutingSettings> {
  /** Its name in a configuration: `routing.type`. */
  readonly type: Settings['type'];
  /** The keys, checks, defaults and descriptions of its options. */
  readonly schema: z.ZodMiniType<Settings>;
  /** Where a capsule's activation is: `'length'`, the length of its pose, or `'separate'`, a number beside it. */
  readonly activation: 'length' | 'separate';
  /**
   * Its weights between two layers, by name; `kernel` holds the transformations that make votes.
   *
   * @throws CapsnetError `invalid-argument` if it cannot connect such layers
   */
  weights(connection: Connection, settings: Settings): Readonly<Record<string, RoutingWeight>>;
  /** What each lower capsule predicts for each higher one: [batch, in, out, dim]. For reading; `route` need not form them. */
  votes(lower: Capsules, weights: Readonly<Record<string, tf.Tensor>>, connection: Connection): tf.Tensor4D;
  /**
   * The higher capsules, differentiable. Called within `tf.tidy`.
   *
   * @param weights by the names that `weights` gave
   * @param observe is shown each iteration; not asked for in training
   */
  route(
    lower: Capsules,
    weights: Readonly<Record<string, tf.Tensor>>,
    connection: Connection,
    settings: Settings,
    observe?: RoutingObserver,
  ): Capsules;
}
