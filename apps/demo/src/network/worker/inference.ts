import {
  type BackendName,
  type BackendState,
  listBackends,
  type PickedBackend,
  pickBackend,
} from '@capsnet/backend';
import { CapsnetError } from '@capsnet/checks';
import { type CapsNet, type CapsNetConfig, paperOffsets, perturb } from '@capsnet/core';
import { loadPretrained } from '@capsnet/pretrained';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelSource, Progress } from '../model-source';
import { oneAtATime } from '../one-at-a-time';
import { ContextLost, type GraphicsContext, graphicsContext } from './context-lost';
import { openModel } from './open-model';
import { type RoutingView, viewRouting } from './routing-view';

/** What a network makes of an image. */
export interface Classification {
  /** [classes] of each class's capsule: how present the class is, 0..1 */
  readonly activations: Float32Array;
  /** [classes, classDim] */
  readonly poses: Float32Array;
  /** [height, width] what the decoder makes of the most active capsule; null for a network without one. */
  readonly reconstruction: Float32Array | null;
  /** From the image to these numbers, within the worker. */
  readonly milliseconds: number;
}

/** What the network for pairs makes of two digits. */
export interface PairClassification {
  /** [classes] */
  readonly activations: Float32Array;
  /** Those of the two most active capsules, in ascending order. */
  readonly classes: readonly [first: number, second: number];
  /** What the decoder makes of each of them: two of [height, width] */
  readonly reconstructions: readonly [first: Float32Array, second: Float32Array];
  readonly milliseconds: number;
}

/** The paper's figure 4: what the decoder makes of a capsule with each offset in each dimension. */
export interface Sheet {
  readonly label: number;
  readonly offsets: readonly number[];
  /** [classDim, offsets, height, width] in 0..1 */
  readonly images: Float32Array;
}

/** What the page has to know about a network. */
export interface NetworkFacts {
  /** Another one for each network of a worker: what is asked about its capsules names it. */
  readonly id: number;
  readonly classes: number;
  readonly classDim: number;
  readonly hasDecoder: boolean;
  /** How its class capsules come about. */
  readonly routing: CapsNetConfig['routing']['type'];
}

/** A network in a worker: what the panels ask, one question at a time. */
export function inference() {
  const next = oneAtATime();
  let network: CapsNet | undefined;
  let id = 0;
  let context: GraphicsContext = { isLost: () => false, lose: () => {} };

  /** The network for pairs, from when it is first asked. */
  let pairNetwork: Promise<CapsNet> | undefined;

  function loaded(): CapsNet {
    if (!network) throw new CapsnetError('unavailable', 'expected a network to be loaded first, found none');
    return network;
  }

  /** Reads tensors, and refuses what a lost context gives. */
  async function values(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
    try {
      const read = await Promise.all(tensors.map(tensor => tensor.data<'float32'>()));
      if (context.isLost()) throw new ContextLost();
      return read.map(array => array.slice());
    } finally {
      tf.dispose([...tensors]);
    }
  }

  async function classify(net: CapsNet, image: Float32Array): Promise<Classification> {
    const started = performance.now();
    const tensors = tf.tidy(() => {
      const capsules = net.capsules(toBatch(net, image));
      const { activations, poses } = capsules;
      return [activations, poses, ...(net.config.decoder ? [net.decode(capsules)] : [])];
    });
    const [activations, poses, reconstruction = null] = await values(tensors);
    const milliseconds = performance.now() - started;
    return { activations: activations!, poses: poses!, reconstruction, milliseconds };
  }

  async function classifyPair(net: CapsNet, image: Float32Array): Promise<PairClassification> {
    const started = performance.now();
    const [activations, poses] = await values(
      tf.tidy(() => {
        const { activations, poses } = net.capsules(toBatch(net, image));
        return [activations, poses];
      }),
    );
    const classes = twoMostActive(activations!);
    const [pixels] = await values([
      tf.tidy(() => {
        const each = tf.tensor3d(poses!, [1, net.config.classes, net.config.classDim]);
        return net.decode(tf.tile(each, [2, 1, 1]), tf.tensor1d(classes, 'int32'));
      }),
    ]);
    const milliseconds = performance.now() - started;
    const reconstructions = [pixels!.slice(0, image.length), pixels!.slice(image.length)] as const;
    return { activations: activations!, classes, reconstructions, milliseconds };
  }

  async function decode(net: CapsNet, capsule: Float32Array, label: number): Promise<Float32Array> {
    const { classes, classDim } = net.config;
    const image = tf.tidy(() => {
      // The decoder's input has a place for each class; all but one are zero.
      const all = new Float32Array(classes * classDim);
      all.set(capsule, label * classDim);
      return net.decode(tf.tensor3d(all, [1, classes, classDim]), tf.tensor1d([label], 'int32'));
    });
    const [pixels] = await values([image]);
    return pixels!;
  }

  /** Images per second in batches of 32, over about a second. */
  async function measure(): Promise<number> {
    const net = loaded();
    const { height, width } = net.config.image;
    const once = async () => {
      await values([tf.tidy(() => net.scores(tf.randomUniform([32, height, width, 1]) as tf.Tensor4D))]);
    };
    await once(); // compiles shaders
    const started = performance.now();
    let images = 0;
    while (performance.now() - started < 1000) {
      await once();
      images += 32;
    }
    return (1000 * images) / (performance.now() - started);
  }

  return {
    /** Picks the backend: the fastest there is, or `only` this one. */
    async start(only: BackendName | undefined, onContextLost: () => void): Promise<PickedBackend> {
      const picked = await pickBackend({ only });
      context = graphicsContext(onContextLost);
      return picked;
    },

    listBackends: (): Promise<BackendState[]> => listBackends(),

    /** Takes a network in place of the one before, and has it classify a blank image, since the first takes long. */
    async load(source: ModelSource, onProgress: (progress: Progress) => void): Promise<NetworkFacts> {
      const opened = await openModel(source, onProgress);
      const { height, width, channels } = opened.config.image;
      if (height !== 28 || width !== 28 || channels !== 1) {
        opened.dispose();
        throw new CapsnetError(
          'invalid-data',
          `expected a network for images of 28x28x1, found ${height}x${width}x${channels}`,
        );
      }
      // What was asked before is answered by the network before.
      return next(async () => {
        try {
          await classify(opened, new Float32Array(height * width));
        } catch (error) {
          opened.dispose();
          throw error;
        }
        network?.dispose();
        network = opened;
        id++;
        const { classes, classDim, decoder, routing } = opened.config;
        return {
          id,
          classes,
          classDim,
          hasDecoder: decoder !== null,
          routing: routing.type,
        };
      });
    },

    classify: (image: Float32Array) => next(() => classify(loaded(), image)),

    /** Classifies two digits over each other, [36, 36], by a network of its own, which is fetched the first time. */
    async classifyPair(image: Float32Array): Promise<PairClassification> {
      pairNetwork ??= loadPretrained('efficient-capsnet-multimnist');
      const net = await pairNetwork.catch(error => {
        pairNetwork = undefined;
        throw error;
      });
      return next(() => classifyPair(net, image));
    },

    /** What the decoder of a network makes of one capsule, [classDim] -> [height, width]; null if it is no longer in use. */
    decode: (of: number, capsule: Float32Array, label: number) =>
      next(async () => (of === id ? decode(loaded(), capsule, label) : null)),

    /** The paper's figure 4 of a network's capsule: [classDim, offsets, height, width]; null if it is no longer in use. */
    sheet: (of: number, image: Float32Array, label: number) =>
      next(async (): Promise<Sheet | null> => {
        if (of !== id) return null;
        const net = loaded();
        const [images] = await values([
          tf.tidy(() => perturb(net, tf.squeeze(toBatch(net, image), [0]), { label, offsets: paperOffsets })),
        ]);
        return { label, offsets: paperOffsets, images: images! };
      }),

    /** How its routing came to its answer. */
    route: (image: Float32Array) =>
      next((): Promise<RoutingView> => {
        const net = loaded();
        return viewRouting(net, toBatch(net, image), values);
      }),

    measure: () => next(measure),

    /** Loses the WebGL context on purpose. */
    loseContext: () => context.lose(),
  };
}

export type Inference = ReturnType<typeof inference>;

function twoMostActive(activations: Float32Array): [first: number, second: number] {
  const [first = 0, second = 0] = [...activations.keys()].sort((a, b) => activations[b]! - activations[a]!);
  return first < second ? [first, second] : [second, first];
}

function toBatch({ config }: CapsNet, image: Float32Array): tf.Tensor4D {
  const { height, width } = config.image;
  return tf.tensor4d(image, [1, height, width, 1]);
}
