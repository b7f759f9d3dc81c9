import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, model } from '@tensorflow/tfjs-layers';
import { applied } from '../../layers/apply-layer';
import { SeededDropout } from '../../layers/seeded-dropout';
import { accuracyPerExample } from '../../losses/accuracy';
import { labelsOf } from '../../losses/labels';
import { meanLoss } from '../../losses/mean-loss';
import { classifyBy } from '../classify';
import { expectImages } from '../expect-images';
import { imageInput } from '../image-input';
import type { LabelledImages, Network } from '../network';
import { cnnConfig } from './check-config';
import type { CnnConfig, CnnOptions } from './config';

/** A network without capsules made by {@link cnn}, trained as a `CapsNet` is, by the cross-entropy of one label an image. */
export interface Cnn extends Network {
  readonly kind: 'cnn';
  readonly config: CnnConfig;
  /** image -> probabilities [batch, classes] */
  readonly inference: LayersModel;
}

/**
 * The convolutional network of a configuration: image -> ReLU convolutions -> ReLU layers -> dropout -> softmax.
 * Its kernels start he_normal, that of the classes glorot_normal.
 *
 * @param options any part of a configuration; the rest is as in {@link smallCnnConfig}
 * @throws CapsnetError `invalid-argument` if it cannot be built; the message says which value, the expected and the found
 */
export function cnn(options: CnnOptions = {}): Cnn {
  const config = cnnConfig(options);
  const { convolutions, dense, classes, dropout, seed } = config;
  let drawn = 0;
  const nextSeed = () => seed * 1000 + ++drawn;
  const start = () => ({ kernelInitializer: initializers.heNormal({ seed: nextSeed() }) });

  const { image, normalised } = imageInput(config.image);
  let x = normalised;
  convolutions.forEach(({ pool, ...convolution }, index) => {
    const size = { ...convolution, padding: 'same' as const };
    const name = `conv${index + 1}`;
    x = applied(layers.conv2d({ ...size, activation: 'relu', ...start(), name }), x);
    if (pool > 1) x = applied(layers.maxPooling2d({ poolSize: pool, name: `pool${index + 1}` }), x);
  });
  x = applied(layers.flatten({ name: 'flat' }), x);
  dense.forEach((units, index) => {
    x = applied(layers.dense({ units, activation: 'relu', ...start(), name: `dense${index + 1}` }), x);
  });
  if (dense.length > 0) x = applied(new SeededDropout({ rate: dropout, seed, name: 'dropout' }), x);
  const kernelInitializer = initializers.glorotNormal({ seed: nextSeed() });
  x = applied(layers.dense({ units: classes, kernelInitializer, name: 'classes' }), x);

  const logitsOf = model({ inputs: image, outputs: x });
  const inference = model({ inputs: image, outputs: applied(layers.softmax({ name: 'probabilities' }), x) });
  const variables = Object.fromEntries(
    logitsOf.weights.map(weight => [weight.originalName, weight.read() as tf.Variable]),
  );

  /** Values of each example; the gradient flows through `loss`. */
  function perExample({ images, labels }: LabelledImages, training: boolean): Record<string, tf.Tensor> {
    expectImages(images, config.image, 'cnn');
    const logits = logitsOf.apply(images, { training }) as tf.Tensor2D;
    const { indices, targets } = labelsOf(labels, images.shape[0], classes, 'cnn');
    if (indices.shape[1] !== 1) {
      throw new CapsnetError('invalid-tensor', `cnn: expected one label an image, found ${indices.shape[1]}`);
    }
    const loss = tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), -1)) as tf.Tensor1D;
    return { loss, accuracy: accuracyPerExample(logits, indices), scores: tf.softmax(logits) };
  }

  function scores(images: tf.Tensor4D): tf.Tensor2D {
    expectImages(images, config.image, 'scores');
    return tf.tidy(() => inference.apply(images) as tf.Tensor2D);
  }

  return {
    kind: 'cnn',
    config,
    inference,
    variables,
    loss: batch => meanLoss(() => perExample(batch, true)),
    evaluate: batch => tf.tidy(() => perExample(batch, false)),
    scores,
    classify: classifyBy(scores, config),
    dispose() {
      tf.dispose(variables);
    },
  };
}
