import type * as tf from '@tensorflow/tfjs-core';
import { ownOperation } from '../own-operations';
import type { TensorFlowBackend } from '../tensorflow-backend';

/** A valid convolution with bias and ReLU, of filters in sixteens. */
export function directReluConvolution(
  backend: TensorFlowBackend,
  x: tf.TensorInfo,
  kernel: tf.TensorInfo,
  bias: tf.TensorInfo,
  strides: readonly [number, number],
): tf.Tensor {
  const attributes = [
    { name: 'strides', type: backend.binding.TF_ATTR_INT, value: strides },
    { name: 'relu', type: backend.binding.TF_ATTR_BOOL, value: true },
  ];
  return backend.executeSingleOutput(ownOperation('Convolution')!, attributes, [x, kernel, bias]);
}

/** Of a kernel with more numbers than these, the sums of the parts of a batch would not stay in the cache. */
const mostNumbers = 2 ** 17;

/**
 * The gradient of a kernel that is not too large.
 *
 * @returns undefined for a convolution that it does not take
 */
export function directKernelGradient(
  backend: TensorFlowBackend,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  attrs: tf.NamedAttrMap | undefined,
): tf.Tensor | undefined {
  const { strides, pad, dataFormat, filterShape } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
  const [height, width, channels, filters] = filterShape;
  const fits =
    pad === 'valid' &&
    dataFormat !== 'NCHW' &&
    filters % 16 === 0 &&
    height * width * channels * filters <= mostNumbers;
  if (!fits) return undefined;
  const { TF_ATTR_INT } = backend.binding;
  const steps = typeof strides === 'number' ? [strides, strides] : strides;
  const attributes = [
    { name: 'window', type: TF_ATTR_INT, value: [height, width] },
    { name: 'strides', type: TF_ATTR_INT, value: steps },
  ];
  return backend.executeSingleOutput(ownOperation('ConvolutionKernelGradient')!, attributes, [x, dy]);
}
