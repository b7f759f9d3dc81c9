import * as tf from '@tensorflow/tfjs-core';

/**
 * The gradient of a convolution with respect to its kernel, which the backend lacks, as a convolution itself:
 *
 *     dw[i, j, c, o] = sum over b, y, x of  input[b, y * stride + i, x * stride + j, c] * dy[b, y, x, o]
 *
 * The channels take the place of the batch, the batch that of the channels, and the strides are dilations.
 */
export const conv2DBackpropFilter: tf.KernelFunc = ({ inputs, attrs }) => {
  const { strides, pad, dimRoundingMode, filterShape, dataFormat } =
    attrs as unknown as tf.Conv2DBackpropFilterAttrs;
  if (dataFormat !== 'NHWC')
    throw new Error(`conv2d on wasm: expected the data format NHWC, found ${dataFormat}`);
  const x = inputs.x as tf.Tensor4D;
  const dy = inputs.dy as tf.Tensor4D;
  return tf.tidy(() => {
    const {
      padInfo,
      strideHeight,
      strideWidth,
      outHeight,
      outWidth,
      filterHeight,
      filterWidth,
      batchSize,
      inChannels,
    } = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
    const padded = tf.pad(x, [
      [0, 0],
      [padInfo.top, padInfo.bottom],
      [padInfo.left, padInfo.right],
      [0, 0],
    ]);
    // What no position of the kernel reaches is left out.
    const height = (outHeight - 1) * strideHeight + filterHeight;
    const width = (outWidth - 1) * strideWidth + filterWidth;
    const reached = tf.slice(padded, [0, 0, 0, 0], [batchSize, height, width, inChannels]);
    const dw = tf.conv2d(
      tf.transpose(reached, [3, 1, 2, 0]), // [inChannels, height, width, batch]
      tf.transpose(dy, [1, 2, 0, 3]), // [outHeight, outWidth, batch, outChannels]
      1,
      'valid',
      'NHWC',
      [strideHeight, strideWidth],
    ); // [inChannels, filterHeight, filterWidth, outChannels]
    return tf.transpose(dw, [1, 2, 0, 3]);
  });
};
