import type * as tf from '@tensorflow/tfjs-core';
import { ownOperation } from '../own-operations';
import type { Attribute, TensorFlowBackend } from '../tensorflow-backend';

/** A kernel at the points of either axis, in the order that the other two want: kernel, vertical, horizontal -> evaluated. */
export const bilinearKernel: tf.KernelFunc = ({ inputs, attrs, backend: anyBackend }) => {
  const backend = anyBackend as TensorFlowBackend;
  const { kernel, vertical, horizontal } = inputs;
  const operands = [kernel!, vertical!, horizontal!];
  return backend.executeSingleOutput(ownOperation('EvaluateKernel')!, attributes(backend, attrs), operands);
};

/** x, evaluated, vertical, horizontal -> y [batch, height, width, filters] */
export const bilinearConvolution: tf.KernelFunc = ({ inputs, attrs, backend: anyBackend }) => {
  const backend = anyBackend as TensorFlowBackend;
  const { x, evaluated, vertical, horizontal } = inputs;
  const operands = [x!, evaluated!, vertical!, horizontal!];
  return backend.executeSingleOutput(
    ownOperation('BilinearConvolution')!,
    attributes(backend, attrs),
    operands,
  );
};

/** dy, x, evaluated, vertical, horizontal -> [dx, dkernel] */
export const bilinearConvolutionGrad: tf.KernelFunc = ({ inputs, attrs, backend: anyBackend }) => {
  const backend = anyBackend as TensorFlowBackend;
  const { dy, x, evaluated, vertical, horizontal } = inputs;
  const operands = [dy!, x!, evaluated!, vertical!, horizontal!];
  return backend.executeMultipleOutputs(
    ownOperation('BilinearConvolutionGradient')!,
    attributes(backend, attrs),
    operands,
    2,
  );
};

function attributes({ binding }: TensorFlowBackend, attrs: tf.NamedAttrMap | undefined): Attribute[] {
  const { image, window, strides, reals, channels, filters } = attrs as Record<string, number[]> & {
    channels: number;
    filters: number;
  };
  const sizes = { image, window, strides, reals, channels, filters };
  return Object.entries(sizes).map(([name, value]) => ({ name, type: binding.TF_ATTR_INT, value: value! }));
}
