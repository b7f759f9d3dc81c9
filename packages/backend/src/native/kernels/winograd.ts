import * as tf from '@tensorflow/tfjs-core';
import type { Attribute, TensorFlowBackend } from './tensorflow-backend';

type Shape4D = [number, number, number, number];

/**
 * Convolutions by kernels of 3 x 3 at stride 1, and their gradients, with a quarter of the multiplications. Others are left to
 * the kernels that were there before.
 *
 * @param operation gives the name of an operation of ours
 */
export function winogradKernels(
  operation: (name: string) => string,
): Readonly<Record<string, (original: tf.KernelFunc) => tf.KernelFunc>> {
  return {
    Conv2D: original => args => {
      const { x, filter } = args.inputs as Record<'x' | 'filter', tf.TensorInfo>;
      const sizes = sizesOf(x.shape, filter.shape, args.attrs);
      if (!sizes || x.dtype !== 'float32') return original(args);
      const backend = args.backend as TensorFlowBackend;
      const { outputs, padding } = sizes;
      return run(backend, operation('Winograd'), [x, filter], outputs, padding, false);
    },
    Conv2DBackpropInput: original => args => {
      const { dy, filter } = args.inputs as Record<'dy' | 'filter', tf.TensorInfo>;
      const image = args.attrs?.inputShape as Shape4D;
      const sizes = sizesOf(image, filter.shape, args.attrs);
      if (!sizes) return original(args);
      // A convolution by the kernel turned round: what has p zeros on one side has 2 - p there now.
      const backend = args.backend as TensorFlowBackend;
      const padding = sizes.padding.map(zeros => 2 - zeros);
      return run(backend, operation('Winograd'), [dy, filter], [image[1], image[2]], padding, true);
    },
    Conv2DBackpropFilter: original => args => {
      const { x, dy } = args.inputs as Record<'x' | 'dy', tf.TensorInfo>;
      const sizes = sizesOf(x.shape, args.attrs?.filterShape as Shape4D, args.attrs);
      if (!sizes) return original(args);
      const backend = args.backend as TensorFlowBackend;
      const { outputs, padding } = sizes;
      return run(backend, operation('WinogradKernelGradient'), [x, dy], outputs, padding);
    },
  };
}

/** Undefined for a convolution that the kernels do not take. */
function sizesOf(
  image: readonly number[],
  kernel: readonly number[],
  attrs: tf.NamedAttrMap | undefined,
): { outputs: number[]; padding: number[] } | undefined {
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

function run(
  backend: TensorFlowBackend,
  operation: string,
  inputs: readonly tf.TensorInfo[],
  outputs: number[],
  padding: number[],
  turned?: boolean,
): tf.Tensor {
  const { TF_ATTR_INT, TF_ATTR_BOOL } = backend.binding;
  const attributes: Attribute[] = [
    { name: 'outputs', type: TF_ATTR_INT, value: outputs },
    { name: 'padding', type: TF_ATTR_INT, value: padding },
  ];
  if (turned !== undefined) attributes.push({ name: 'turned', type: TF_ATTR_BOOL, value: turned });
  return backend.executeSingleOutput(operation, attributes, inputs);
}
