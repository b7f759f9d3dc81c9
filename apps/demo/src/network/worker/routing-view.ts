import {
  type CapsNet,
  type CapsNetConfig,
  capsuleLength,
  dynamicRouting,
  selfAttentionRouting,
} from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model } from '@tensorflow/tfjs-layers';

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
  /** The class of the longest capsule. */
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
  const { config, variables } = net;
  if (config.hidden.length > 0) {
    tf.dispose(image);
    throw new Error('expected a network whose class capsules follow the primary ones, found hidden capsules');
  }
  const weight = variables['classes/kernel'] as tf.Tensor as tf.Tensor4D; // [in, classes, inDim, classDim]
  const bias = variables['classes/bias'] as tf.Tensor | undefined;
  const tensors = tf.tidy(() => {
    const u = primaryCapsules(net, image); // [1, in, inDim]
    const steps = iterationsOf(config, u, weight, bias);
    const last = steps[steps.length - 1]!;
    const lengths = steps.map(({ capsules }) => capsuleLength(capsules));
    const winner = tf.argMax(lengths[lengths.length - 1]!, 1); // [1]
    const kernel = tf.squeeze(tf.gather(weight, winner, 1), [1]) as tf.Tensor3D; // [in, inDim, classDim]
    const votes = tf.squeeze(tf.matMul(tf.transpose(u, [1, 0, 2]), kernel), [1]); // [in, classDim]
    const capsule = tf.squeeze(tf.gather(last.capsules, winner, 1), [0, 1]); // [classDim]
    const direction = tf.div(capsule, tf.add(tf.norm(capsule), 1e-8));
    const along = tf.sum(tf.mul(votes, direction), 1); // [in]
    const coupled = tf.squeeze(tf.gather(last.couplings, winner, 2), [0, 2]); // [in]
    const contributions = tf.mul(coupled, along);
    return [contributions, ...steps.flatMap(({ couplings }, index) => [couplings, lengths[index]!])];
  });
  tf.dispose(image);
  const [contributions, ...rest] = await values(tensors);
  const iterations = Array.from({ length: rest.length / 2 }, (_, index) => ({
    couplings: rest[2 * index]!,
    lengths: rest[2 * index + 1]!,
  }));
  const final = iterations[iterations.length - 1]!.lengths;
  return {
    ...geometryOf(config),
    classes: config.classes,
    iterations,
    winner: final.indexOf(Math.max(...final)),
    contributions: contributions!,
  };
}

const encoders = new WeakMap<CapsNet, LayersModel>();

function primaryCapsules(net: CapsNet, image: tf.Tensor4D): tf.Tensor3D {
  const { inference } = net;
  const encoder =
    encoders.get(net) ?? model({ inputs: inference.inputs, outputs: inference.getLayer('primary').output });
  encoders.set(net, encoder);
  return encoder.apply(image) as tf.Tensor3D;
}

function iterationsOf(
  { routing }: CapsNetConfig,
  u: tf.Tensor3D,
  weight: tf.Tensor4D,
  bias: tf.Tensor | undefined,
) {
  if (routing.type === 'self-attention') return [selfAttentionRouting(u, weight, bias)];
  const { iterations, softmaxOver } = routing;
  return dynamicRouting(u, weight, { iterations, softmaxOver, trace: true, ...(bias && { bias }) }).trace!;
}

/** The grid of positions that convolutions and primary capsules leave of an image, and what each position sees. */
export function geometryOf({
  image,
  convolutions,
  primary,
}: CapsNetConfig): Pick<RoutingView, 'grid' | 'field'> {
  let { height: rows, width: columns } = image;
  let step = 1;
  let side = 1;
  for (const { kernel, stride } of [...convolutions, primary]) {
    rows = Math.floor((rows - kernel) / stride) + 1;
    columns = Math.floor((columns - kernel) / stride) + 1;
    side += (kernel - 1) * step;
    step *= stride;
  }
  return { grid: { rows, columns, channels: primary.channels }, field: { first: side / 2, step, side } };
}
