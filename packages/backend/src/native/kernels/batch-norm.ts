import * as tf from '@tensorflow/tfjs-core';
import { ownOperation } from './own-operations';
import { type Attribute, float32, type TensorFlowBackend } from './tensorflow-backend';

/**
 * Batch normalisation by the moments of the batch, as one operation:
 * x [batch, ..., channels], gamma and beta [channels] -> [y, mean, variance].
 */
export const batchNormTraining: tf.KernelFunc = ({ inputs, attrs, backend: anyBackend }) => {
  const backend = anyBackend as TensorFlowBackend;
  const { x, gamma, beta } = inputs as { x: tf.Tensor; gamma: tf.Tensor; beta: tf.Tensor };
  const operation = operationFor('BatchNorm', x);
  if (operation)
    return backend.executeMultipleOutputs(operation, [epsilonOf(backend, attrs)], [x, gamma, beta], 3);
  return tf.tidy(() => {
    // Moments that were met before: none
    const none = tf.tensor1d([]);
    const [y, mean, , , variance] = backend.executeMultipleOutputs(
      'FusedBatchNormV3',
      [
        ...attributes(backend, attrs),
        { name: 'exponential_avg_factor', type: backend.binding.TF_ATTR_FLOAT, value: 1 },
      ],
      [asImage(x), gamma, beta, none, none],
      6,
    ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    // The third output is the variance of the population, the fifth that of the batch.
    return [tf.reshape(y, x.shape), mean, variance];
  });
};

/** Its gradient: dy, x, gamma, and the mean and variance it gave -> [dx, dgamma, dbeta]. */
export const batchNormTrainingGrad: tf.KernelFunc = ({ inputs, attrs, backend: anyBackend }) => {
  const backend = anyBackend as TensorFlowBackend;
  const { dy, x, gamma, mean, variance } = inputs as Record<
    'dy' | 'x' | 'gamma' | 'mean' | 'variance',
    tf.Tensor
  >;
  const operation = operationFor('BatchNormGradient', x);
  if (operation) {
    const own = [epsilonOf(backend, attrs)];
    return backend.executeMultipleOutputs(operation, own, [dy, x, gamma, mean, variance], 3);
  }
  return tf.tidy(() => {
    const none = tf.tensor1d([]);
    const [dx, dgamma, dbeta] = backend.executeMultipleOutputs(
      'FusedBatchNormGradV3',
      attributes(backend, attrs),
      [asImage(dy), asImage(x), gamma, mean, variance, none],
      5,
    ) as [tf.Tensor, tf.Tensor, tf.Tensor];
    return [tf.reshape(dx, x.shape), dgamma, dbeta];
  });
};

/** average + rate (met - average) */
export const movingAverage: tf.KernelFunc = ({ inputs, attrs, backend: anyBackend }) => {
  const backend = anyBackend as TensorFlowBackend;
  const rate = { name: 'rate', type: backend.binding.TF_ATTR_FLOAT, value: attrs?.rate as number };
  return backend.executeSingleOutput(ownOperation('MovingAverage')!, [rate], [inputs.average!, inputs.met!]);
};

function attributes(backend: TensorFlowBackend, attrs: tf.NamedAttrMap | undefined): Attribute[] {
  const { TF_ATTR_BOOL, TF_ATTR_STRING } = backend.binding;
  return [
    float32(backend),
    float32(backend, 'U'),
    epsilonOf(backend, attrs),
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: TF_ATTR_BOOL, value: true },
  ];
}

function epsilonOf({ binding }: TensorFlowBackend, attrs: tf.NamedAttrMap | undefined): Attribute {
  return { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: attrs?.epsilon as number };
}

/** Our operation, which reads x fewer times; it takes channels in sixteens. */
function operationFor(name: string, x: tf.Tensor): string | undefined {
  return x.shape[x.rank - 1]! % 16 === 0 && x.size > 0 ? ownOperation(name) : undefined;
}

/** TensorFlow wants [batch, height, width, channels]; which of the first three is which does not matter. */
function asImage(x: tf.Tensor): tf.Tensor {
  return tf.reshape(x, [-1, 1, 1, x.shape[x.rank - 1]!]);
}
