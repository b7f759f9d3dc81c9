import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayersModel, layers, model } from '@tensorflow/tfjs-layers';
import { applied } from '../../layers/apply-layer';
import { imageInput } from '../../layers/image-input';
import { SeededDropout } from '../../layers/seeded-dropout';
import { accuracyPerExample } from '../../losses/accuracy';
import { type BatchLoss, meanLoss } from '../../losses/mean-loss';
import { targetsOf } from '../../losses/targets';
import type { LabelledImages } from '../capsnet/capsnet';
import { checkCnnConfig } from './check-cnn-config';
import type { CnnConfig } from './cnn-config';

/** A network without capsules made by {@link cnn}, trained as a `CapsNet` is. */
export interface Cnn {
  readonly config: CnnConfig;
  /** image -> probabilities [batch, classes] */
  readonly inference: LayersModel;
  /** All weights, by stable names: `conv1/kernel`, `dense1/bias`, `classes/kernel` ... */
  readonly variables: Readonly<Record<string, tf.Variable>>;
  /** The mean cross-entropy of a batch of one label an image, differentiable, and `accuracy`. */
  loss(batch: LabelledImages): BatchLoss;
  /** The same of each example apart: `loss` and `accuracy` (0 or 1), each [batch]. */
  evaluate(batch: LabelledImages): Readonly<Record<string, tf.Tensor1D>>;
  /** Frees all weights. */
  dispose(): void;
}

/**
 * The convolutional network of a configuration: image -> ReLU convolutions -> ReLU layers -> dropout -> softmax.
 * Its kernels start he_normal, that of the classes glorot_normal.
 *
 * @throws if the configuration cannot be built; the message says which value, what was expected and what was found
 */
export function cnn(config: CnnConfig): Cnn {
  checkCnnConfig(config);
  const { convolutions, dense, classes, dropout, seed } = config;
  let drawn = 0;
  const nextSeed = () => seed * 1000 + ++drawn;
  const start = () => ({ kernelInitializer: initializers.heNormal({ seed: nextSeed() }) });

  const { image, normalised } = imageInput(config.image);
  let x = normalised;
  convolutions.forEach(({ filters, kernel, stride, pool = 1 }, index) => {
    const size = { filters, kernelSize: kernel, strides: stride, padding: 'same' as const };
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

  /** One value per example; the gradient flows through `loss`. */
  function perExample({ images, labels }: LabelledImages, training: boolean): Record<string, tf.Tensor1D> {
    const logits = logitsOf.apply(images, { training }) as tf.Tensor2D;
    const targets = targetsOf(labels, images.shape[0], classes, 'cnn');
    const loss = tf.neg(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), -1)) as tf.Tensor1D;
    return { loss, accuracy: accuracyPerExample(logits, labels) };
  }

  return {
    config,
    inference,
    variables,
    loss: batch => meanLoss(() => perExample(batch, true)),
    evaluate: batch => tf.tidy(() => perExample(batch, false)),
    dispose() {
      tf.dispose(variables);
    },
  };
}
