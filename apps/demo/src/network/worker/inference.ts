import {
  type BackendName,
  type BackendState,
  listBackends,
  type PickedBackend,
  pickBackend,
} from '@capsnet/backend';
import { type CapsNet, paperOffsets, perturb } from '@capsnet/core';
import { loadPretrained } from '@capsnet/pretrained';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelSource, Progress } from '../../reading/models';
import { ContextLost, type GraphicsContext, graphicsContext } from './context-lost';
import { openModel } from './open-model';
import { type RoutingView, viewRouting } from './routing-view';

/** What a network makes of an image. */
export interface Reading {
  /** [classes] how present each class is, 0..1 */
  readonly lengths: Float32Array;
  /** [classes, classDim] */
  readonly capsules: Float32Array;
  /** [height, width] what the decoder makes of the longest capsule; null for a network without one. */
  readonly reconstruction: Float32Array | null;
  /** From the image to these numbers, within the worker. */
  readonly milliseconds: number;
}

/** What the network for pairs makes of two digits. */
export interface PairReading {
  /** [classes] */
  readonly lengths: Float32Array;
  /** Those of the two longest capsules, in ascending order. */
  readonly classes: readonly [first: number, second: number];
  /** What the decoder makes of each of them: two of [height, width] */
  readonly reconstructions: readonly [first: Float32Array, second: Float32Array];
  readonly milliseconds: number;
}

/** What the page has to know about a network. */
export interface NetworkFacts {
  readonly classes: number;
  readonly classDim: number;
  readonly hasDecoder: boolean;
  readonly routing: 'dynamic' | 'self-attention';
  readonly iterations: number;
}

/** A network in a worker: what the panels ask, one question at a time. */
export function inference() {
  let network: CapsNet | undefined;
  let context: GraphicsContext = { isLost: () => false, lose: () => {} };

  /** The network for pairs, from when it is first asked. */
  let pairNetwork: Promise<CapsNet> | undefined;

  function loaded(): CapsNet {
    if (!network) throw new Error('expected a network to be loaded first, found none');
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

  async function read(image: Float32Array): Promise<Reading> {
    const net = loaded();
    const started = performance.now();
    const tensors = tf.tidy(() => {
      const capsules = net.capsules(toBatch(net, image));
      const { activations, poses } = capsules;
      return [activations, poses, ...(net.config.decoder ? [net.decode(capsules)] : [])];
    });
    const [lengths, capsules, reconstruction = null] = await values(tensors);
    const milliseconds = performance.now() - started;
    return { lengths: lengths!, capsules: capsules!, reconstruction, milliseconds };
  }

  return {
    /** Picks the backend: the fastest there is, or `only` this one. */
    async start(only: BackendName | undefined, onContextLost: () => void): Promise<PickedBackend> {
      const picked = await pickBackend({ only });
      context = graphicsContext(onContextLost);
      return picked;
    },

    listBackends: (): Promise<BackendState[]> => listBackends(),

    /** Takes a network in place of the one before, and has it read a blank image, since the first is slow. */
    async load(source: ModelSource, onProgress: (progress: Progress) => void): Promise<NetworkFacts> {
      const next = await openModel(source, onProgress);
      const { height, width, channels } = next.config.image;
      if (height !== 28 || width !== 28 || channels !== 1) {
        next.dispose();
        throw new Error(`expected a network for images of 28x28x1, found ${height}x${width}x${channels}`);
      }
      network?.dispose();
      network = next;
      await read(new Float32Array(height * width));
      const { classes, classDim, decoder, routing } = next.config;
      return {
        classes,
        classDim,
        hasDecoder: decoder !== null,
        routing: routing.type,
        iterations: 'iterations' in routing ? routing.iterations : 1,
      };
    },

    read,

    /** Reads two digits over each other, [36, 36], by a network of its own, which is fetched the first time. */
    async readPair(image: Float32Array): Promise<PairReading> {
      pairNetwork ??= loadPretrained('efficient-capsnet-multimnist');
      const net = await pairNetwork.catch(error => {
        pairNetwork = undefined;
        throw error;
      });
      const started = performance.now();
      const [lengths, capsules] = await values(
        tf.tidy(() => {
          const { activations, poses } = net.capsules(toBatch(net, image));
          return [activations, poses];
        }),
      );
      const classes = twoLongest(lengths!);
      const [pixels] = await values([
        tf.tidy(() => {
          const each = tf.tensor3d(capsules!, [1, net.config.classes, net.config.classDim]);
          return net.decode(tf.tile(each, [2, 1, 1]), tf.tensor1d(classes, 'int32'));
        }),
      ]);
      const milliseconds = performance.now() - started;
      const reconstructions = [pixels!.slice(0, image.length), pixels!.slice(image.length)] as const;
      return { lengths: lengths!, classes, reconstructions, milliseconds };
    },

    /** What the decoder makes of one capsule: [classDim] -> [height, width] */
    async decode(capsule: Float32Array, label: number): Promise<Float32Array> {
      const net = loaded();
      const { classes, classDim } = net.config;
      const image = tf.tidy(() => {
        // The decoder's input has a place for each class; all but one are zero.
        const all = new Float32Array(classes * classDim);
        all.set(capsule, label * classDim);
        return net.decode(tf.tensor3d(all, [1, classes, classDim]), tf.tensor1d([label], 'int32'));
      });
      const [pixels] = await values([image]);
      return pixels!;
    },

    /** The paper's figure 4: [classDim, offsets, height, width] */
    async sheet(image: Float32Array, label: number): Promise<Float32Array> {
      const net = loaded();
      const images = tf.tidy(() =>
        perturb(net, tf.squeeze(toBatch(net, image), [0]), { label, offsets: paperOffsets }),
      );
      const [pixels] = await values([images]);
      return pixels!;
    },

    /** How its routing came to its answer. */
    async route(image: Float32Array): Promise<RoutingView> {
      const net = loaded();
      return viewRouting(net, toBatch(net, image), values);
    },

    /** Images per second in batches of 32, over about a second. */
    async measure(): Promise<number> {
      const net = loaded();
      const { height, width } = net.config.image;
      const once = async () => {
        const lengths = tf.tidy(() => net.scores(tf.randomUniform([32, height, width, 1]) as tf.Tensor4D));
        await values([lengths]);
      };
      await once(); // compiles shaders
      const started = performance.now();
      let images = 0;
      while (performance.now() - started < 1000) {
        await once();
        images += 32;
      }
      return (1000 * images) / (performance.now() - started);
    },

    /** Loses the WebGL context on purpose. */
    loseContext: () => context.lose(),
  };
}

export type Inference = ReturnType<typeof inference>;

function twoLongest(lengths: Float32Array): [first: number, second: number] {
  const [longest = 0, next = 0] = [...lengths.keys()].sort((a, b) => lengths[b]! - lengths[a]!);
  return longest < next ? [longest, next] : [next, longest];
}

function toBatch({ config }: CapsNet, image: Float32Array): tf.Tensor4D {
  const { height, width } = config.image;
  return tf.tensor4d(image, [1, height, width, 1]);
}
