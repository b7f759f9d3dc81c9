import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { capsuleLength } from '../../capsules/length';
import { applied, appliedToAll } from '../../layers/apply-layer';
import { BatchNorm } from '../../layers/batch-norm';
import { CapsuleLayer, capsulesFrom } from '../../layers/capsule-layer';
import { CapsuleLength } from '../../layers/capsule-length';
import { CapsuleMask, keepTargets, maskCapsules, mostActiveTargets } from '../../layers/capsule-mask';
import { PrimaryCapsules } from '../../layers/primary-capsules';
import { ReluConvolution } from '../../layers/relu-convolution-layer';
import { accuracyPerExample } from '../../losses/accuracy';
import { classLossOf } from '../../losses/class-losses';
import { labelsOf, targetsOf } from '../../losses/labels';
import { meanLoss } from '../../losses/mean-loss';
import { reconstructionLossPerExample } from '../../losses/reconstruction-loss';
import type { Capsules, Connection, RoutingIteration } from '../../routing/routing';
import { routingOf } from '../../routing/routings';
import { classifyBy } from '../classify';
import { expectImages } from '../expect-images';
import { imageInput } from '../image-input';
import type { LabelledImages, Network } from '../network';
import { capsNetConfig } from './check-config';
import type { CapsNetConfig, CapsNetOptions } from './config';
import { decoderOf } from './decoder';
import { geometryOf } from './geometry';
import { initializersOf } from './initializers';
import { routedName } from './weight-shapes';

/** Capsules, and how active each is: the length of its pose, or what routing keeps beside it. */
export type ActiveCapsules = Required<Capsules>;

/** What `trace` finds in the routing between two layers. */
export interface RoutingTrace {
  /** How the two layers lie. */
  readonly connection: Connection;
  readonly lower: ActiveCapsules;
  /** What each lower capsule predicts for each higher one: [batch, in, out, dim]. */
  readonly votes: tf.Tensor4D;
  /** Every iteration, the first one first: couplings, poses and activations. */
  readonly iterations: readonly Required<RoutingIteration>[];
}

/** What a capsule network makes of images. */
export interface Prediction {
  readonly activations: tf.Tensor2D;
  readonly reconstruction: tf.Tensor4D | null;
}

/** A capsule network made by {@link capsNet}: models that share their layers, and the losses that train them. */
export interface CapsNet extends Network {
  readonly kind: 'capsnet';
  readonly config: CapsNetConfig;
  /**
   * [image, label [batch] or [batch, 1]] -> [capsules [batch, classes, classDim], reconstruction [batch, height, width, channels]].
   * Without a decoder: image -> capsules.
   */
  readonly training: LayersModel;
  /** image -> [activations [batch, classes], reconstruction of the most active]. Without a decoder: image -> activations. */
  readonly inference: LayersModel;
  /**
   * What `inference` gives, by name: how active each class is [batch, classes], and what the decoder makes of the most active
   * one, [batch, height, width, channels], or null without a decoder. The tensors are the caller's to dispose of.
   *
   * @throws CapsnetError if the images are of another size than the network's
   */
  predict(images: tf.Tensor4D): Prediction;
  /** Class capsules of images [batch, height, width, channels]: poses [batch, classes, classDim], activations [batch, classes]. */
  capsules(images: tf.Tensor4D): ActiveCapsules;
  /**
   * What the decoder makes of one class capsule per example: images [batch, height, width, channels].
   *
   * @param capsules of `capsules`, or poses alone, whose length is then taken for their activation
   * @param labels [batch] which capsule; the most active when not given
   * @throws CapsnetError `unavailable` for a network without a decoder
   */
  decode(capsules: Capsules | tf.Tensor3D, labels?: tf.Tensor1D): tf.Tensor4D;
  /**
   * Routing, laid open: what each iteration found for these images. All tensors are the caller's to dispose of.
   *
   * @param images [batch, height, width, channels]
   * @param layer  `capsules1` ..., or `classes`, the default
   */
  trace(images: tf.Tensor4D, layer?: string): RoutingTrace;
}

/**
 * The capsule network of a configuration:
 *
 * image -> convolutions -> primary capsules -> routing -> class capsules -> activations,
 * and from the class capsules, all but one masked, through a decoder -> reconstruction.
 *
 * @param options any part of a configuration; the rest is as in the paper's network
 * @throws CapsnetError `invalid-argument` if it cannot be built; the message says which value, the expected and the found
 */
export function capsNet(options: CapsNetOptions = {}): CapsNet {
  const config = capsNetConfig(options);
  const initial = initializersOf(config);
  const { activation } = routingOf(config.routing);

  // The layers, from the image to the class capsules
  const { image, normalised } = imageInput(config.image);
  let features = normalised;
  config.convolutions.forEach(({ batchNorm, ...convolution }, index) => {
    const start = initial.convolution(index === 0);
    const name = `conv${index + 1}`;
    features = applied(new ReluConvolution({ ...convolution, ...start, name }), features);
    if (batchNorm) features = applied(new BatchNorm({ name: `norm${index + 1}` }), features);
  });
  const start = initial.convolution(config.convolutions.length === 0, config.primary.depthwise);
  const primary = new PrimaryCapsules({ ...config.primary, activation, ...start, name: 'primary' });
  let capsules = appliedToAll(primary, [features]);

  const routed = [
    ...config.hidden,
    { capsules: config.classes, dim: config.classDim, kernelSize: null, strides: 1 },
  ];
  const { connections } = geometryOf(config);
  const steps = routed.map(({ kernelSize, ...size }, index): RoutedLayer => {
    const { lower } = connections[index]!;
    const layer = new CapsuleLayer({
      ...size,
      kernelSize: kernelSize ?? undefined,
      grid: [lower.height, lower.width],
      routing: config.routing,
      ...initial.routing(),
      name: routedName(index, routed.length),
    });
    const below = capsules;
    capsules = appliedToAll(layer, below);
    return { layer, below: model({ inputs: image, outputs: below }), connection: connections[index]! };
  });
  const [poses, separate] = capsules as [SymbolicTensor, SymbolicTensor?];
  const activations = separate
    ? applied(layers.activation({ activation: 'linear', name: 'activations' }), separate)
    : applied(new CapsuleLength({ name: 'activations' }), poses);

  // The models, which share those layers
  const encoder = model({ inputs: image, outputs: capsules });
  const decoding = config.decoder;
  const decoder = decoding && decoderOf(config, decoding, initial);
  let training = model({ inputs: image, outputs: poses });
  let inference = model({ inputs: image, outputs: activations });
  if (decoding && decoder) {
    const label = input({ shape: [1], dtype: 'int32', name: 'label' });
    const byPrediction = new CapsuleMask({ maskBy: 'prediction', name: 'most_active' });
    const mostActive = applied(byPrediction, [poses, activations]);
    const byLabel = new CapsuleMask({ maskBy: 'label', name: 'masked' });
    const masked = decoding.maskBy === 'label' ? applied(byLabel, [poses, label]) : mostActive;
    training = model({ inputs: [image, label], outputs: [poses, applied(decoder, masked)] });
    inference = model({ inputs: image, outputs: [activations, applied(decoder, mostActive)] });
  }
  return assemble(config, { encoder, decoder, training, inference, primary, steps });
}

/** A routed layer, and the network below it. */
interface RoutedLayer {
  readonly layer: CapsuleLayer;
  readonly below: LayersModel;
  readonly connection: Connection;
}

interface Parts {
  readonly encoder: LayersModel;
  readonly decoder: LayersModel | null;
  readonly training: LayersModel;
  readonly inference: LayersModel;
  readonly primary: PrimaryCapsules;
  readonly steps: readonly RoutedLayer[];
}

function assemble(
  config: CapsNetConfig,
  { encoder, decoder, training, inference, primary, steps }: Parts,
): CapsNet {
  const { image, classes, decoder: decoding } = config;
  const classLoss = classLossOf(config.loss);
  const step = tf.tidy(() => tf.variable(tf.scalar(0), false));
  const weights = [encoder, ...(decoder ? [decoder] : [])].flatMap(part => part.weights);
  const variables: Record<string, tf.Variable> = Object.fromEntries(
    weights.map(weight => [weight.originalName, weight.read() as tf.Variable]),
  );
  if (classLoss.countsSteps) variables['loss/step'] = step;

  /** Within a tidy. */
  function encode(images: tf.Tensor4D, caller: string, training = false): ActiveCapsules {
    expectImages(images, image, caller);
    return active(capsulesFrom(encoder.apply(images, { training }) as tf.Tensor | tf.Tensor[]));
  }

  /** Values of each example; the gradient flows through all but `accuracy`. */
  function perExample(
    { images, labels, digits }: LabelledImages,
    training: boolean,
  ): Record<string, tf.Tensor> {
    const { poses, activations } = encode(images, 'capsNet', training);
    const { indices, targets } = labelsOf(labels, images.shape[0], classes, 'capsNet');
    const classLosses = classLoss.perExample(targets, activations, config.loss, training ? step : undefined);
    const accuracy = accuracyPerExample(activations, indices);
    const named = { [config.loss.type]: classLosses };
    if (!decoder || !decoding) return { loss: classLosses, ...named, accuracy, scores: activations };

    const each = tf.unstack(indices, 1) as tf.Tensor1D[];
    const losses = reconstructed(each.length, images, digits, decoding.maskBy).map((digit, index) => {
      const kept =
        decoding.maskBy === 'prediction'
          ? mostActiveTargets(activations)
          : targetsOf(each[index]!, images.shape[0], classes, 'capsNet');
      const reconstruction = decoder.apply(keepTargets(poses, kept), { training }) as tf.Tensor4D;
      const target =
        decoding.target === 'image' ? digit : tf.div(tf.sub(digit, image.mean), image.standardDeviation);
      return reconstructionLossPerExample(reconstruction, target, decoding);
    });
    const reconstruction = tf.addN(losses);
    const loss = tf.add(classLosses, tf.mul(reconstruction, decoding.weight)) as tf.Tensor1D;
    return { loss, ...named, reconstruction, accuracy, scores: activations };
  }

  const scores = (images: tf.Tensor4D) => tf.tidy(() => encode(images, 'scores').activations);

  return {
    kind: 'capsnet',
    config,
    training,
    inference,
    variables,
    loss(batch) {
      const result = meanLoss(() => perExample(batch, true));
      if (classLoss.countsSteps) tf.tidy(() => step.assign(tf.add(step, 1)));
      return result;
    },
    evaluate: batch => tf.tidy(() => perExample(batch, false)),
    scores,
    classify: classifyBy(scores, config),
    predict: images =>
      tf.tidy(() => {
        const { poses, activations } = encode(images, 'predict');
        const reconstruction = decoder
          ? (decoder.apply(keepTargets(poses, mostActiveTargets(activations))) as tf.Tensor4D)
          : null;
        return { activations, reconstruction } as object as tf.TensorContainerObject;
      }) as object as Prediction,
    capsules: images => tf.tidy(() => ({ ...encode(images, 'capsules') })) as ActiveCapsules,
    decode(capsules, labels) {
      if (!decoder)
        throw new CapsnetError(
          'unavailable',
          'decode: this network has no decoder; its config says decoder: null',
        );
      return tf.tidy(() => {
        const { poses, activations } = active('poses' in capsules ? capsules : { poses: capsules });
        if (poses.rank !== 3 || poses.shape[1] !== classes || poses.shape[2] !== config.classDim) {
          const expected = `capsules [batch, ${classes}, ${config.classDim}]`;
          throw new CapsnetError('invalid-tensor', `decode: expected ${expected}, found [${poses.shape}]`);
        }
        const masked = labels
          ? maskCapsules(poses, labels)
          : keepTargets(poses, mostActiveTargets(activations));
        return decoder.apply(masked) as tf.Tensor4D;
      });
    },
    trace(images, name = 'classes') {
      const found = steps.find(({ layer }) => layer.name === name);
      if (!found) {
        const names = steps.map(({ layer }) => layer.name).join(' or ');
        throw new CapsnetError('invalid-argument', `trace: expected the layer ${names}, found ${name}`);
      }
      expectImages(images, image, 'trace');
      const { layer, below, connection } = found;
      const tensors = tf.tidy(() => {
        const lower = active(capsulesFrom(below.apply(images) as tf.Tensor | tf.Tensor[]));
        const { iterations, votes } = layer.trace(lower);
        const each = iterations.map(iteration => ({ ...iteration, ...active(iteration) }));
        return { lower: { ...lower }, votes, iterations: each };
      });
      return { connection, ...tensors };
    },
    dispose() {
      // The models share layers and count their users, so the weights are freed rather than the models.
      tf.dispose([variables, step]);
      primary.clearCache();
    },
  };
}

/** Capsules with how active each is. */
function active({ poses, activations }: Capsules): ActiveCapsules {
  return { poses, activations: activations ?? (capsuleLength(poses) as tf.Tensor2D) };
}

/** What each label's capsule is to reconstruct. */
function reconstructed(
  labels: number,
  images: tf.Tensor4D,
  digits: readonly tf.Tensor4D[] | undefined,
  maskBy: 'label' | 'prediction',
): readonly tf.Tensor4D[] {
  if (labels > 1 && maskBy === 'prediction') {
    throw new CapsnetError(
      'invalid-argument',
      `capsNet: expected config.decoder.maskBy to be "label" for ${labels} labels an image, since a prediction does not ` +
        'say which digit it stands for',
    );
  }
  const found = digits ?? (labels === 1 ? [images] : []);
  if (found.length === labels) return found;
  throw new CapsnetError(
    'invalid-tensor',
    `capsNet: expected as many digits, apart, as labels an image (${labels}) to reconstruct, found ${found.length}`,
  );
}
