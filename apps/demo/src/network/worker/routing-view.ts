import { type CapsNet, type CapsNetConfig, geometryOf, type RoutingTrace } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';

/** The routing to the class capsules, laid open for one image. */
export interface RoutingView {
  /** Its name in a configuration: `'dynamic'` ... */
  readonly routing: CapsNetConfig['routing']['type'];
  /** The capsules below: `rows` x `columns` positions with `channels` at each, ordered as the network has them. */
  readonly grid: { readonly rows: number; readonly columns: number; readonly channels: number };
  readonly classes: number;
  readonly iterations: readonly {
    /** [rows, columns, channels, classes] */
    readonly couplings: Float32Array;
    /** [classes] */
    readonly activations: Float32Array;
    /**
     * The mean coupling to the winner, each weighted by how far the vote points where the winner does, if at all. Most capsules
     * look at blank paper: their votes are short, and say little.
     */
    readonly toWinner: number;
  }[];
  /** The class of the most active capsule. */
  readonly winner: number;
  /**
   * [rows, columns, channels] what each capsule below added to the winner: $c_{ij} \hat u_{j|i}$ along the winner's
   * direction. Where a capsule is the sum of its votes, and there is no bias, they sum to the length of that sum.
   */
  readonly contributions: Float32Array;
  /** Where in the image the positions look: the centre of the first, the distance to the next, the side, in pixels. */
  readonly field: { readonly first: number; readonly step: number; readonly side: number };
}

type Reader = (tensors: readonly tf.Tensor[]) => Promise<Float32Array[]>;

/**
 * @param image  [1, height, width, 1]
 * @param values reads tensors and disposes of them
 */
export async function viewRouting(net: CapsNet, image: tf.Tensor4D, values: Reader): Promise<RoutingView> {
  let grid: RoutingTrace['connection']['lower'] | undefined;
  const tensors = tf.tidy(() => {
    const { votes, iterations, connection } = net.trace(image);
    grid = connection.lower;
    const last = iterations[iterations.length - 1]!;
    const winner = tf.argMax(last.activations, 1); // [1]
    const votesForIt = tf.squeeze(tf.gather(votes, winner, 2), [0, 2]); // [in, classDim]
    const capsule = tf.squeeze(tf.gather(last.poses, winner, 1), [0, 1]); // [classDim]
    const direction = tf.div(capsule, tf.add(tf.norm(capsule), 1e-8));
    const along = tf.sum(tf.mul(votesForIt, direction), 1); // [in]
    const coupled = tf.squeeze(tf.gather(last.couplings, winner, 2), [0, 2]); // [in]
    const contributions = tf.mul(coupled, along);
    const agreement = tf.relu(along);
    const all = tf.add(tf.sum(agreement), 1e-8);
    return [
      contributions,
      ...iterations.flatMap(({ couplings, activations }) => [
        couplings,
        activations,
        tf.div(tf.sum(tf.mul(tf.squeeze(tf.gather(couplings, winner, 2), [0, 2]), agreement)), all),
      ]),
    ];
  });
  tf.dispose(image);
  const [contributions, ...rest] = await values(tensors);
  const iterations = Array.from({ length: rest.length / 3 }, (_, index) => ({
    couplings: rest[3 * index]!,
    activations: rest[3 * index + 1]!,
    toWinner: rest[3 * index + 2]![0]!,
  }));
  const final = iterations[iterations.length - 1]!.activations;
  const { height: rows, width: columns, channels } = grid!;
  return {
    routing: net.config.routing.type,
    grid: { rows, columns, channels },
    field: fieldOf(net.config),
    classes: net.config.classes,
    iterations,
    winner: final.indexOf(Math.max(...final)),
    contributions: contributions!,
  };
}

/** What the capsules below the class capsules see: the primary ones, and each convolutional layer above them more. */
function fieldOf(config: CapsNetConfig): RoutingView['field'] {
  const { receptiveField, connections } = geometryOf(config);
  let { step, side } = receptiveField;
  for (const { window } of connections) {
    if (!window) continue;
    side += (window.kernelSize - 1) * step;
    step *= window.strides;
  }
  return { first: side / 2, step, side };
}
