import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { BatchNorm } from './batch-norm';
import type { CapsNetConfig } from './capsnet-config';
import { CapsuleLayer } from './capsule-layer';
import { CapsuleLength, capsuleLength } from './capsule-length';
import { CapsuleMask, maskCapsules } from './capsule-mask';
import { checkConfig } from './check-config';
import type { Initializer } from './initializer-config';
import { marginLossPerExample } from './margin-loss';
import { PrimaryCapsules } from './primary-capsules';
import { reconstructionLossPerExample } from './reconstruction-loss';

/** What a network learns from: images [batch, height, width, channels] in 0..1 and class indices [batch]. */
export interface LabelledImages {
  readonly images: tf.Tensor4D;
  readonly labels: tf.Tensor1D;
}

/** A capsule network made by {@link capsNet}: models that share their layers, and the losses that train them. */
export interface CapsNet {
  readonly config: CapsNetConfig;
  /**
   * [image, label [batch] or [batch, 1]] -> [capsules [batch, classes, classDim], reconstruction [batch, height, width, channels]].
   * Without a decoder: image -> capsules.
   */
  readonly training: LayersModel;
  /** image -> [lengths [batch, classes], reconstruction of the longest capsule]. Without a decoder: image -> lengths. */
  readonly inference: LayersModel;
  /**
   * All weights, by stable names: `conv1/kernel`, `primary/bias`, `classes/kernel`, `decoder1/kernel` ...
   * tfjs numbers the names of a second network's variables, so find a gradient by `variables['conv1/kernel'].name`.
   */
  readonly variables: Readonly<Record<string, tf.Variable>>;
  /** The mean loss of a batch, differentiable, and its parts `margin`, `reconstruction` (unweighted) and `accuracy`. */
  loss(batch: LabelledImages): {
    readonly loss: tf.Scalar;
    readonly metrics: Readonly<Record<string, tf.Scalar>>;
  };
  /** The same of each example apart: `loss`, `margin`, `reconstruction` and `accuracy` (0 or 1), each [batch]. */
  evaluate(batch: LabelledImages): Readonly<Record<string, tf.Tensor1D>>;
  /** Class capsules [batch, classes, classDim] of images [batch, height, width, channels]. */
  capsules(images: tf.Tensor4D): tf.Tensor3D;
  /**
   * What the decoder makes of one class capsule per example: images [batch, height, width, channels].
   *
   * @param labels [batch] which capsule; the longest when not given
   * @throws for a network without a decoder
   */
  decode(capsules: tf.Tensor3D, labels?: tf.Tensor1D): tf.Tensor4D;
  /** Frees all weights. */
  dispose(): void;
}

/**
 * The capsule network of a configuration:
 *
 * image -> convolutions -> primary capsules -> routing -> class capsules -> lengths,
 * and from the class capsules, all but one masked, through a decoder -> reconstruction.
 *
 * @throws if the configuration cannot be built; the message says which value, what was expected and what was found
 */
export function capsNet(config: CapsNetConfig): CapsNet {
  checkConfig(config);
  const { height, width, channels } = config.image;
  const initial = initializersOf(config);

  // The layers, from the image to the class capsules
  const image = input({ shape: [height, width, channels], name: 'image' });
  let features: SymbolicTensor = normalised(image, config);
  config.convolutions.forEach(({ filters, kernel, stride, batchNorm }, index) => {
    const options = {
      filters,
      kernelSize: kernel,
      strides: stride,
      activation: 'relu' as const,
      name: `conv${index + 1}`,
    };
    features = applied(layers.conv2d({ ...options, ...initial.convolution(index === 0) }), features);
    if (batchNorm) features = applied(new BatchNorm({ name: `norm${index + 1}` }), features);
  });
  const { kernel, stride, ...primary } = config.primary;
  const start = initial.convolution(config.convolutions.length === 0, primary.depthwise);
  let capsules = applied(
    new PrimaryCapsules({ ...primary, kernelSize: kernel, strides: stride, ...start, name: 'primary' }),
    features,
  );
  const { type: routing = 'dynamic', bias: useBias, ...dynamic } = config.routing;
  const routed = [...config.hidden, { capsules: config.classes, dim: config.classDim }];
  routed.forEach((size, index) => {
    const name = index === routed.length - 1 ? 'classes' : `capsules${index + 1}`;
    capsules = applied(
      new CapsuleLayer({ ...size, routing, ...dynamic, useBias, ...initial.routing(), name }),
      capsules,
    );
  });
  const lengths = applied(new CapsuleLength({ name: 'lengths' }), capsules);

  // The models, which share those layers
  const encoder = model({ inputs: image, outputs: capsules });
  const decoding = config.decoder;
  const decoder = decoding && decoderOf(config, decoding, initial);
  let training = encoder;
  let inference = model({ inputs: image, outputs: lengths });
  if (decoding && decoder) {
    const label = input({ shape: [1], dtype: 'int32', name: 'label' });
    const by = decoding.maskBy === 'label' ? 'label' : 'length';
    const masked = applied(new CapsuleMask({ by, name: 'masked' }), [capsules, label]);
    const longest = applied(new CapsuleMask({ by: 'length', name: 'longest' }), capsules);
    training = model({ inputs: [image, label], outputs: [capsules, applied(decoder, masked)] });
    inference = model({ inputs: image, outputs: [lengths, applied(decoder, longest)] });
  }
  return assemble(config, { encoder, decoder, training, inference });
}

interface Models {
  readonly encoder: LayersModel;
  readonly decoder: LayersModel | null;
  readonly training: LayersModel;
  readonly inference: LayersModel;
}

function assemble(config: CapsNetConfig, { encoder, decoder, training, inference }: Models): CapsNet {
  const { image, margin, decoder: decoding } = config;
  const parts = [encoder, ...(decoder ? [decoder] : [])];
  const variables = Object.fromEntries(
    parts.flatMap(part => part.weights.map(weight => [weight.originalName, weight.read() as tf.Variable])),
  );

  /** One value per example; the gradient flows through all but `accuracy`. */
  function perExample({ images, labels }: LabelledImages, training: boolean): Record<string, tf.Tensor1D> {
    const capsules = encoder.apply(images, { training }) as tf.Tensor3D;
    const lengths = capsuleLength(capsules);
    const marginLoss = marginLossPerExample(lengths, labels, margin);
    const accuracy = tf.cast(
      tf.equal(tf.argMax(lengths, -1), tf.cast(labels, 'int32')),
      'float32',
    ) as tf.Tensor1D;
    if (!decoder || !decoding) return { loss: marginLoss, margin: marginLoss, accuracy };

    const masked = maskCapsules(capsules, decoding.maskBy === 'label' ? labels : undefined);
    const reconstructions = decoder.apply(masked, { training }) as tf.Tensor4D;
    const target = decoding.target === 'image' ? images : tf.div(tf.sub(images, image.mean), image.deviation);
    const reconstruction = reconstructionLossPerExample(reconstructions, target, decoding);
    const loss = tf.add(marginLoss, tf.mul(reconstruction, decoding.weight)) as tf.Tensor1D;
    return { loss, margin: marginLoss, reconstruction, accuracy };
  }

  return {
    config,
    training,
    inference,
    variables,
    loss: batch =>
      tf.tidy(() => {
        const { loss, ...metrics } = mapValues(
          perExample(batch, true),
          values => tf.mean(values) as tf.Scalar,
        );
        return { loss: loss!, metrics };
      }),
    evaluate: batch => tf.tidy(() => perExample(batch, false)),
    capsules: images => tf.tidy(() => encoder.apply(images) as tf.Tensor3D),
    decode(capsules, labels) {
      if (!decoder) throw new Error('decode: this network has no decoder; its config says decoder: null');
      return tf.tidy(() => decoder.apply(maskCapsules(capsules, labels)) as tf.Tensor4D);
    },
    dispose() {
      // The models share layers and count their users, so the weights are freed rather than the models.
      tf.dispose(variables);
    },
  };
}

/** The masked capsules through ReLU layers and a sigmoid one: [batch, classes * classDim] -> image. */
function decoderOf(
  { image, classes, classDim }: CapsNetConfig,
  { hidden }: NonNullable<CapsNetConfig['decoder']>,
  initial: ReturnType<typeof initializersOf>,
): LayersModel {
  const masked = input({ shape: [classes * classDim], name: 'masked' });
  const pixels = image.height * image.width * image.channels;
  let x: SymbolicTensor = masked;
  [...hidden, pixels].forEach((units, index) => {
    const isLast = index === hidden.length;
    const activation = isLast ? ('sigmoid' as const) : ('relu' as const);
    x = applied(
      layers.dense({ units, activation, name: `decoder${index + 1}`, ...initial.dense(isLast) }),
      x,
    );
  });
  const { height, width, channels } = image;
  const reconstruction = applied(
    layers.reshape({ targetShape: [height, width, channels], name: 'reconstruction' }),
    x,
  );
  return model({ inputs: masked, outputs: reconstruction, name: 'decoder' });
}

function normalised(image: SymbolicTensor, { image: { mean, deviation } }: CapsNetConfig): SymbolicTensor {
  if (mean === 0 && deviation === 1) return image;
  return applied(
    layers.rescaling({ scale: 1 / deviation, offset: -mean / deviation, name: 'normalised' }),
    image,
  );
}

/** Initialisers with a seed of their own for each weight: those of tfjs repeat the same numbers for the same seed. */
function initializersOf({ seed, initializer, routing }: CapsNetConfig) {
  let drawn = 0;
  // tfjs takes seed 0 for no seed.
  const nextSeed = () => seed * 1000 + ++drawn;
  const fanIn = () =>
    initializers.varianceScaling({ scale: 1 / 3, mode: 'fanIn', distribution: 'uniform', seed: nextSeed() });
  // Keras widens a truncated normal by what the truncation takes from its deviation; tfjs does not.
  const widened = (scale: number, mode: 'fanIn' | 'fanAvg') =>
    initializers.varianceScaling({
      scale: scale / 0.87962566103423978 ** 2,
      mode,
      distribution: 'normal',
      seed: nextSeed(),
    });
  const heNormal = () => widened(2, 'fanIn');
  const glorotNormal = () => widened(1, 'fanAvg');
  const zeros = initializers.zeros();
  return {
    convolution(
      isFirst: boolean,
      depthwise = false,
    ): { kernelInitializer: Initializer; biasInitializer: Initializer } {
      if (initializer.convolution === 'fanIn') return { kernelInitializer: fanIn(), biasInitializer: zeros };
      if (initializer.convolution === 'heNormal') {
        const kernelInitializer = depthwise ? initializers.glorotUniform({ seed: nextSeed() }) : heNormal();
        return { kernelInitializer, biasInitializer: zeros };
      }
      const stddev = isFirst ? 0.05 : 0.1;
      return {
        kernelInitializer: initializers.truncatedNormal({ stddev, seed: nextSeed() }),
        biasInitializer: initializers.constant({ value: 0.1 }),
      };
    },
    routing(): { kernelInitializer: Initializer; biasInitializer?: Initializer } {
      const { distribution, deviation: stddev } = initializer.routing;
      const options = { mean: 0, stddev, seed: nextSeed() };
      return {
        kernelInitializer:
          distribution === 'normal'
            ? initializers.randomNormal(options)
            : initializers.truncatedNormal(options),
        // Self-attention's bias is one of couplings, where the default, 0, changes nothing.
        ...(routing.bias &&
          routing.type !== 'self-attention' && { biasInitializer: initializers.constant({ value: 0.1 }) }),
      };
    },
    dense(isLast: boolean): { kernelInitializer: Initializer; biasInitializer: Initializer } {
      if (initializer.convolution !== 'heNormal')
        return { kernelInitializer: fanIn(), biasInitializer: zeros };
      return { kernelInitializer: isLast ? glorotNormal() : heNormal(), biasInitializer: zeros };
    },
  };
}

function applied(
  layer: layers.Layer | LayersModel,
  inputs: SymbolicTensor | SymbolicTensor[],
): SymbolicTensor {
  return layer.apply(inputs) as SymbolicTensor;
}

function mapValues<A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
