import * as tf from '@tensorflow/tfjs-core';

/**
 * A valid convolution with bias and ReLU, $y = \max(x \star w + b, 0)$, differentiable: one kernel where the backend has it.
 *
 * @param x       [batch, height, width, channels]
 * @param kernel  [height, width, channels, filters]
 * @param bias    [filters]
 * @param strides [vertical, horizontal]
 * @returns [batch, (height - kernelHeight) / stride + 1, (width - kernelWidth) / stride + 1, filters], rounded down
 */
export function reluConvolution(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D,
  strides: readonly [number, number],
): tf.Tensor4D {
  return tf.getKernel('ReluConvolution', tf.getBackend())
    ? tf.engine().runKernel('ReluConvolution', { x, kernel, bias }, { strides: [...strides] })
    : tf.fused.conv2d({ x, filter: kernel, strides: [...strides], pad: 'valid', bias, activation: 'relu' });
}
