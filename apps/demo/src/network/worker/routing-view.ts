import { type CapsNet, type CapsNetConfig, geometryOf } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';

/** Routing, laid open for one image. */
export interface RoutingView {
  /** Primary capsules: `rows` x `columns` positions with `channels` at each, ordered as the network has them. */
  readonly grid: { readonly rows: number; readonly columns: number; readonly channels: number };
  readonly classes: number;
  readonly iterations: readonly {
    /** [rows, columns, channels, classes] */
    readonly couplings: Float32Array;
    /** [classes] */
    readonly lengths: Float32Array;
  }[];
  /** The class of the most active capsule. */
  readonly winner: number;
  /**
   * [rows, columns, channels] what each primary capsule added to the winner: $c_{ij} \hat u_{j|i}$ along the winner's
   * direction. Without a bias they sum to the length of s.
   */
  readonly contributions: Float32Array;
  /** Where in the image the positions look: the centre of the first, the distance to the next, the side, in pixels. */
  readonly field: { readonly first: number; readonly step: number; readonly side: number };
}

type Reader = (tensors: readonly tf.Tensor[]) => Promise<Float32Array[]>;

/**
 * Runs the routing of the class capsules again, and keeps what each iteration found.
 *
 * @param image  [1, height, width, 1]
 * @param values reads tensors and disposes of them
 */
export async function viewRouting(net: CapsNet, image: tf.Tensor4D, values: Reader): Promise<RoutingView> {
  const { config } = net;
  if (config.hidden.length > 0) {
    tf.dispose(image);
    throw new Error('expected a network whose class capsules follow the primary ones, found hidden capsules');
  }
  const tensors = tf.tidy(() => {
    const { votes, iterations } = net.trace(image);
    const last = iterations[iterations.length - 1]!;
    const winner = tf.argMax(last.activations, 1); // [1]
    const votesForIt = tf.squeeze(tf.gather(votes, winner, 2), [0, 2]); // [in, classDim]
    const capsule = tf.squeeze(tf.gather(last.poses, winner, 1), [0, 1]); // [classDim]
    const direction = tf.div(capsule, tf.add(tf.norm(capsule), 1e-8));
    const along = tf.sum(tf.mul(votesForIt, direction), 1); // [in]
    const coupled = tf.squeeze(tf.gather(last.couplings, winner, 2), [0, 2]); // [in]
    const contributions = tf.mul(coupled, along);
    return [contributions, ...iterations.flatMap(({ couplings, activations }) => [couplings, activations])];
  });
  tf.dispose(image);
  const [contributions, ...rest] = await values(tensors);
  const iterations = Array.from({ length: rest.length / 2 }, (_, index) => ({
    couplings: rest[2 * index]!,
    lengths: rest[2 * index + 1]!,
  }));
  const final = iterations[iterations.length - 1]!.lengths;
  return {
    ...placesOf(config),
    classes: config.classes,
    iterations,
    winner: final.indexOf(Math.max(...final)),
    contributions: contributions!,
  };
}

/** The grid of positions that convolutions and primary capsules leave of an image, and what each position sees. */
export function placesOf(config: CapsNetConfig): Pick<RoutingView, 'grid' | 'field'> {
  const { primary, receptiveField } = geometryOf(config);
  const { height: rows, width: columns, channels } = primary;
  return { grid: { rows, columns, channels }, field: receptiveField };
}
