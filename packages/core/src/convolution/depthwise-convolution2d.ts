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
  return singlePosition(x, tf.reshape(kernel, [height, width, channels]));
}

/** Where the kernel covers all of x: a product and a sum. The gradient by hand does not spread dy out over x. */
function singlePosition(x: tf.Tensor4D, kernel: tf.Tensor3D): tf.Tensor4D {
  const withGradient = tf.customGrad((...inputs) => {
    const [x, kernel, save] = inputs as unknown as [tf.Tensor4D, tf.Tensor3D, tf.GradSaveFunc];
    save([x, kernel]);
    return {
      value: tf.sum(tf.mul(x, kernel), [1, 2], true),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, kernel] = saved as [tf.Tensor4D, tf.Tensor3D];
        return [tf.mul(dy, kernel), tf.tidy(() => tf.sum(tf.mul(x, dy), 0))];
      },
    };
  });
  return withGradient(x, kernel) as tf.Tensor4D;
}
