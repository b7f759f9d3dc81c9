import * as tf from '@tensorflow/tfjs-core';
import { ownOperation } from '../own-operations';
import type { Attribute, TensorFlowBackend } from '../tensorflow-backend';

type Shape4D = [number, number, number, number];

/**
 * A convolution by a kernel of 3 x 3 at stride 1, with a quarter of the multiplications.
 *
 * @param attrs strides and padding, as tfjs's Conv2D has them
 * @param bias  [filters]; with it a ReLU follows. Default none
 * @returns undefined for a convolution that it does not take, as the two below
 */
export function winogradConvolution(
  backend: TensorFlowBackend,
  x: tf.TensorInfo,
  kernel: tf.TensorInfo,
  attrs: tf.NamedAttrMap | undefined,
  bias?: tf.TensorInfo,
): tf.Tensor | undefined {
  const sizes = x.dtype === 'float32' ? sizesOf(x.shape, kernel.shape, attrs) : undefined;
  return sizes && convolve(backend, [x, kernel], sizes, false, bias);
}

/** The gradient of its input: a convolution by the kernel turned round, where p zeros on one side have become 2 - p. */
export function winogradInputGradient(
  backend: TensorFlowBackend,
  dy: tf.TensorInfo,
  kernel: tf.TensorInfo,
  attrs: tf.NamedAttrMap | undefined,
): tf.Tensor | undefined {
  const image = attrs?.inputShape as Shape4D;
  const sizes = sizesOf(image, kernel.shape, attrs);
  if (!sizes) return undefined;
  const padding = sizes.padding.map(zeros => 2 - zeros);
  return convolve(backend, [dy, kernel], { outputs: [image[1], image[2]], padding }, true);
}

/** The gradient of its kernel. */
export function winogradKernelGradient(
  backend: TensorFlowBackend,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  attrs: tf.NamedAttrMap | undefined,
): tf.Tensor | undefined {
  const sizes = sizesOf(x.shape, attrs?.filterShape as Shape4D, attrs);
  if (!sizes) return undefined;
  const operation = ownOperation('WinogradKernelGradient')!;
  return backend.executeSingleOutput(operation, attributes(backend, sizes), [x, dy]);
}

interface Sizes {
  readonly outputs: number[];
  /** Rows of zeros above, columns of zeros before. */
  readonly padding: number[];
}

/** Undefined for a convolution that the kernels do not take. */
function sizesOf(
  image: readonly number[],
  kernel: readonly number[],
  attrs: tf.NamedAttrMap | undefined,
): Sizes | undefined {
  const { strides, pad, dilations, dataFormat, dimRoundingMode } = attrs as unknown as tf.Conv2DAttrs;
  const [height, width, channels, filters] = kernel as Shape4D;
  const fits =
    height === 3 &&
    width === 3 &&
    channels % 16 === 0 &&
    filters % 16 === 0 &&
    dataFormat !== 'NCHW' &&
    [strides, dilations ?? 1].flat().every(step => step === 1);
  if (!fits) return undefined;
  const { outHeight, outWidth, padInfo } = tf.backend_util.computeConv2DInfo(
    image as Shape4D,
    kernel as Shape4D,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
  );
  const padding = [padInfo.top, padInfo.left];
  return padding.every(zeros => zeros <= 2) ? { outputs: [outHeight, outWidth], padding } : undefined;
}

function convolve(
  backend: TensorFlowBackend,
  inputs: readonly tf.TensorInfo[],
  sizes: Sizes,
  turned: boolean,
  bias?: tf.TensorInfo,
): tf.Tensor {
  const { TF_ATTR_BOOL } = backend.binding;
  const flags: Attribute[] = [
    { name: 'turned', type: TF_ATTR_BOOL, value: turned },
    { name: 'relu', type: TF_ATTR_BOOL, value: bias !== undefined },
  ];
  const added = bias ?? tf.tensor1d([]);
  try {
    const all = [...attributes(backend, sizes), ...flags];
    return backend.executeSingleOutput(ownOperation('Winograd')!, all, [...inputs, added]);
  } finally {
    if (!bias) (added as tf.Tensor).dispose();
  }
}

function attributes({ binding }: TensorFlowBackend, { outputs, padding }: Sizes): Attribute[] {
  return [
    { name: 'outputs', type: binding.TF_ATTR_INT, value: outputs },
    { name: 'padding', type: binding.TF_ATTR_INT, value: padding },
  ];
}
