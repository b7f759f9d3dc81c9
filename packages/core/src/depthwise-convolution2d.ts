import * as tf from '@tensorflow/tfjs-core';

/**
 * A valid convolution in which each channel has a kernel of its own, differentiable.
 *
 * @param x      [batch, height, width, channels]
 * @param kernel [height, width, channels, 1]
 * @returns [batch, (height - kernelHeight) / stride + 1, (width - kernelWidth) / stride + 1, channels], rounded down
 */
export function depthwiseConvolution2d(x: tf.Tensor4D, kernel: tf.Tensor4D, stride: number): tf.Tensor4D {
  const [, height, width, channels] = x.shape;
  if (kernel.shape[0] !== height || kernel.shape[1] !== width) {
    return tf.depthwiseConv2d(x, kernel, stride, 'valid');
  }
  // There is one position: a product and a sum.
  return tf.tidy(() => tf.sum(tf.mul(x, tf.reshape(kernel, [height, width, channels])), [1, 2], true));
}
