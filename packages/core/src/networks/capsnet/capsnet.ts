import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { CapsuleLength, capsuleLength } from '../../capsules/capsule-length';
import { applied } from '../../layers/apply-layer';
import { BatchNorm } from '../../layers/batch-norm';
import { CapsuleLayer } from '../../layers/capsule-layer';
import { CapsuleMask, maskCapsules } from '../../layers/capsule-mask';
import { imageInput } from '../../layers/image-input';
import { PrimaryCapsules } from '../../layers/primary-capsules';
import { accuracyPerExample } from '../../losses/accuracy';
import { marginLossPerExample } from '../../losses/margin-loss';
import { type BatchLoss, meanLoss } from '../../losses/mean-loss';
import { reconstructionLossPerExample } from '../../losses/reconstruction-loss';
import { targetsOf } from '../../losses/targets';
import type { CapsNetConfig } from './capsnet-config';
import { checkConfig } from './check-config';
import { initializersOf } from './weight-initializers';

/** What a network learns from. */
export interface LabelledImages {
  /** [batch, height, width, channels] in 0..1 */
  readonly images: tf.Tensor4D;
  /** Class indices: [batch], or [batch, n] where n different classes are in each image, as in MultiMNIST. */
  readonly labels: tf.Tensor1D | tf.Tensor2D;
  /** Of each label its digit alone, like `images`: what its capsule is to reconstruct. Default, for one label: `images`. */
  readonly digits?: readonly tf.Tensor4D[];
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
   * All weights, by stable names: `conv1/kernel`, `primary/bias`, `classes/kernel`, `decoder1/kernel` ... Those of
   * batch normalisation that only `loss` moves, `norm1/moving_mean` ..., have `trainable` false.
   * tfjs numbers the names of a second network's variables, so find a gradient by `variables['conv1/kernel'].name`.
   */
  readonly variables: Readonly<Record<string, tf.Variable>>;
  /**
   * The mean loss of a batch, differentiable, and its parts `margin`, `reconstruction` (unweighted, the sum over the
   * labels of an image) and `accuracy` (of n labels, the n longest capsules must be all of them).
   */
  loss(batch: LabelledImages): BatchLoss;
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
  const initial = initializersOf(config);

  // The layers, from the image to the class capsules
  const { image, normalised } = imageInput(config.image);
  let features = normalised;
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
  function perExample(
    { images, labels, digits }: LabelledImages,
    training: boolean,
  ): Record<string, tf.Tensor1D> {
    const capsules = encoder.apply(images, { training }) as tf.Tensor3D;
    const lengths = capsuleLength(capsules);
    const [batch, classes] = lengths.shape as [number, number];
    const each = labels.rank === 1 ? [labels as tf.Tensor1D] : (tf.unstack(labels, 1) as tf.Tensor1D[]);
    const present = each.map(label => targetsOf(label, batch, classes, 'capsNet'));
    const marginLoss = marginLossPerExample(
      lengths,
      present.reduce((some, one) => tf.maximum(some, one)),
      margin,
    );
    const accuracy = accuracyPerExample(lengths, labels);
    if (!decoder || !decoding) return { loss: marginLoss, margin: marginLoss, accuracy };

    const targets = reconstructed(each.length, images, digits, decoding.maskBy);
    const losses = targets.map((digit, index) => {
      const masked = maskCapsules(capsules, decoding.maskBy === 'label' ? present[index]! : undefined);
      const reconstruction = decoder.apply(masked, { training }) as tf.Tensor4D;
      const target = decoding.target === 'image' ? digit : tf.div(tf.sub(digit, image.mean), image.deviation);
      return reconstructionLossPerExample(reconstruction, target, decoding);
    });
    const reconstruction = tf.addN(losses);
    const loss = tf.add(marginLoss, tf.mul(reconstruction, decoding.weight)) as tf.Tensor1D;
    return { loss, margin: marginLoss, reconstruction, accuracy };
  }

  return {
    config,
    training,
    inference,
    variables,
    loss: batch => meanLoss(() => perExample(batch, true)),
    evaluate: batch => tf.tidy(() => perExample(batch, false)),
    capsules: images => tf.tidy(() => encoder.apply(images) as tf.Tensor3D),
    decode(capsules, labels) {
      if (!decoder) throw new Error('decode: this network has no decoder; its config says decoder: null');
      return tf.tidy(() => decoder.apply(maskCapsules(capsules, labels)) as tf.Tensor4D);
    },
    dispose() {
      // The models share layers and count their users, so the weights are freed rather than the models.
      tf.dispose(variables);
      for (const layer of encoder.layers) if (layer instanceof PrimaryCapsules) layer.clearCache();
    },
  };
}

/** What each label's capsule is to reconstruct. */
function reconstructed(
  labels: number,
  images: tf.Tensor4D,
  digits: readonly tf.Tensor4D[] | undefined,
  maskBy: 'label' | 'prediction',
): readonly tf.Tensor4D[] {
  if (labels > 1 && maskBy === 'prediction') {
    throw new Error(
      `capsNet: expected config.decoder.maskBy to be "label" for ${labels} labels an image, since a prediction does not ` +
        'say which digit it stands for',
    );
  }
  const found = digits ?? (labels === 1 ? [images] : []);
  if (found.length === labels) return found;
  throw new Error(
    `capsNet: expected as many digits, apart, as labels an image (${labels}) to reconstruct, found ${found.length}`,
  );
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
