import * as tf from '@tensorflow/tfjs-core';
import { initializers, type LayerVariable, type Shape } from '@tensorflow/tfjs-layers';
import { Layer } from './layer';
import { expectLayerOptions } from './layer-options';
import { knownSize, type LayerArgs, soleInput } from './layer-shapes';

/**
 * Batch normalisation in training ([Ioffe and Szegedy, 2015](https://arxiv.org/abs/1502.03167)), by mean $\mu$ and variance
 * $\sigma^2$ of each channel over the rest of the batch, through which the gradient flows too:
 *
 * $$ \hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \qquad y = \gamma \hat x + \beta $$
 *
 * @param x       [batch, ..., channels]
 * @param gamma   [channels]
 * @param beta    [channels]
 * @param observe is shown mean and variance
 */
export function batchNorm<T extends tf.Tensor>(
  x: T,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  epsilon: number,
  observe: (mean: tf.Tensor, variance: tf.Tensor) => void = () => {},
): T {
  const { forward, backward } = tf.getKernel('BatchNormTraining', tf.getBackend()) ? fused : plain;
  const withGradient = tf.customGrad((...inputs) => {
    const [x, gamma, beta, save] = inputs as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    const [y, mean, variance] = forward(x, gamma, beta, epsilon);
    observe(mean, variance);
    save([x, gamma, mean, variance]);
    return {
      value: y,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, gamma, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        return backward(dy, x, gamma, mean, variance, epsilon);
      },
    };
  });
  return withGradient(x, gamma, beta) as T;
}

interface Formulation {
  /** y, and mean and variance [channels] */
  forward(
    x: tf.Tensor,
    gamma: tf.Tensor,
    beta: tf.Tensor,
    epsilon: number,
  ): [y: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor];
  /** The gradients of x, gamma and beta */
  backward(
    dy: tf.Tensor,
    x: tf.Tensor,
    gamma: tf.Tensor,
    mean: tf.Tensor,
    variance: tf.Tensor,
    epsilon: number,
  ): tf.Tensor[];
}

const plain: Formulation = {
  forward: (x, gamma, beta, epsilon) => {
    const rows = byChannel(x); // [count, channels]
    const count = rows.shape[0];
    const mean = tf.div(tf.sum(rows, 0), count) as tf.Tensor1D;
    const variance = tf.div(tf.sum(tf.square(tf.sub(rows, mean)), 0), count) as tf.Tensor1D;
    const y = tf.batchNorm(rows, mean, variance, beta as tf.Tensor1D, gamma as tf.Tensor1D, epsilon);
    return [tf.reshape(y, x.shape), mean, variance];
  },

  // With n values per channel and $s = \sqrt{\sigma^2 + \epsilon}$:
  // $d\beta = \sum dy \qquad d\gamma = \sum dy\,\hat x \qquad dx = \frac \gamma s (dy - \frac{d\beta}{n} - \hat x \frac{d\gamma}{n})$
  backward: (dy, x, gamma, mean, variance, epsilon) =>
    tf.tidy(() => {
      const rows = byChannel(dy);
      const count = rows.shape[0];
      const s = tf.sqrt(tf.add(variance, epsilon));
      const centred = tf.sub(byChannel(x), mean); // $s \hat x$
      const dbeta = tf.sum(rows, 0);
      const dgamma = tf.div(tf.sum(tf.mul(rows, centred), 0), s);
      const ofMoments = tf.add(tf.mul(centred, tf.div(dgamma, tf.mul(s, count))), tf.div(dbeta, count));
      const dx = tf.mul(tf.div(gamma, s), tf.sub(rows, ofMoments));
      return [tf.reshape(dx, x.shape), dgamma, dbeta];
    }),
};

/** The same as two kernels, on a backend that has them. */
const fused: Formulation = {
  forward: (x, gamma, beta, epsilon) =>
    tf.engine().runKernel('BatchNormTraining', { x, gamma, beta }, { epsilon }),
  backward: (dy, x, gamma, mean, variance, epsilon) =>
    tf.engine().runKernel('BatchNormTrainingGrad', { dy, x, gamma, mean, variance }, { epsilon }),
};

/** [batch, ..., channels] -> [count, channels] */
function byChannel(x: tf.Tensor): tf.Tensor2D {
  return tf.reshape(x, [-1, x.shape[x.rank - 1]!]);
}

/** average + rate (met - average), by one kernel where the backend has it. */
function moved(average: tf.Tensor, met: tf.Tensor, rate: number): tf.Tensor {
  return tf.getKernel('MovingAverage', tf.getBackend())
    ? tf.engine().runKernel('MovingAverage', { average, met }, { rate })
    : tf.add(average, tf.mul(tf.sub(met, average), rate));
}

export interface BatchNormArgs extends LayerArgs {
  /** What a batch leaves of the moving moments. Default 0.99, as in Keras. */
  readonly momentum?: number;
  /** Default 0.001, as in Keras. */
  readonly epsilon?: number;
}

/**
 * {@link batchNorm} as a layer of [batch, height, width, channels], in training; elsewhere the moments are the moving
 * averages of those that training met. As `tf.layers.batchNormalization`, with the same weights, but faster to train.
 */
export class BatchNorm extends Layer {
  static readonly className = 'BatchNorm';
  readonly #momentum: number;
  readonly #epsilon: number;
  #gamma?: LayerVariable;
  #beta?: LayerVariable;
  #mean?: LayerVariable;
  #variance?: LayerVariable;

  constructor(args: BatchNormArgs = {}) {
    super(args);
    expectLayerOptions(this, args, ['momentum', 'epsilon']);
    this.#momentum = args.momentum ?? 0.99;
    this.#epsilon = args.epsilon ?? 1e-3;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = soleInput(this, inputShape, 4, '[batch, height, width, channels]');
    const channels = knownSize(this, shape, 3, 'number of channels');
    const weight = (name: string, initializer: 'ones' | 'zeros', trainable: boolean) =>
      this.addWeight(name, [channels], 'float32', initializers[initializer](), undefined, trainable);
    this.#gamma = weight('gamma', 'ones', true);
    this.#beta = weight('beta', 'zeros', true);
    this.#mean = weight('moving_mean', 'zeros', false);
    this.#variance = weight('moving_variance', 'ones', false);
    this.built = true;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[], { training }: { training?: boolean } = {}): tf.Tensor {
    return tf.tidy(() => {
      const x = (Array.isArray(inputs) ? inputs[0]! : inputs) as tf.Tensor4D;
      const [gamma, beta] = [this.#gamma!.read() as tf.Tensor1D, this.#beta!.read() as tf.Tensor1D];
      if (training) {
        return batchNorm(x, gamma, beta, this.#epsilon, (mean, variance) => {
          this.#follow(this.#mean!, mean);
          this.#follow(this.#variance!, variance);
        });
      }
      const [mean, variance] = [this.#mean!.read() as tf.Tensor1D, this.#variance!.read() as tf.Tensor1D];
      return tf.batchNorm(x, mean, variance, beta, gamma, this.#epsilon);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), momentum: this.#momentum, epsilon: this.#epsilon };
  }

  #follow(average: LayerVariable, met: tf.Tensor): void {
    average.write(moved(average.read(), met, 1 - this.#momentum));
  }
}
tf.serialization.registerClass(BatchNorm);
