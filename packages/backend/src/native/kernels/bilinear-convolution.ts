import type * as tf from '@tensorflow/tfjs-core';
import type { Attribute, TensorFlowBackend } from './tensorflow-backend';

/** A kernel at the points of either axis, in the order that the other two want: kernel, vertical, horizontal -> evaluated. */
export function evaluateKernel(operation: string): tf.KernelFunc {
  return ({ inputs: { kernel, vertical, horizontal }, attrs, backend: anyBackend }) => {
    const backend = anyBackend as TensorFlowBackend;
    return backend.executeSingleOutput(operation, attributes(backend, attrs), [
      kernel!,
      vertical!,
      horizontal!,
    ]);
  };
}

/** x, evaluated, vertical, horizontal -> y [batch, height, width, filters] */
export function bilinearConvolution(operation: string): tf.KernelFunc {
  return ({ inputs: { x, evaluated, vertical, horizontal }, attrs, backend: anyBackend }) => {
    const backend = anyBackend as TensorFlowBackend;
    const operands = [x!, evaluated!, vertical!, horizontal!];
    return backend.executeSingleOutput(operation, attributes(backend, attrs), operands);
  };
}

/** dy, x, evaluated, vertical, horizontal -> [dx, dkernel] */
export function bilinearConvolutionGrad(operation: string): tf.KernelFunc {
  return ({ inputs: { dy, x, evaluated, vertical, horizontal }, attrs, backend: anyBackend }) => {
    const backend = anyBackend as TensorFlowBackend;
    const operands = [dy!, x!, evaluated!, vertical!, horizontal!];
    return backend.executeMultipleOutputs(operation, attributes(backend, attrs), operands, 2);
  };
}

function attributes({ binding }: TensorFlowBackend, attrs: tf.NamedAttrMap | undefined): Attribute[] {
  const { image, window, strides, reals, channels, filters } = attrs as Record<string, number[]> & {
    channels: number;
    filters: number;
  };
  const sizes = { image, window, strides, reals, channels, filters };
  return Object.entries(sizes).map(([name, value]) => ({ name, type: binding.TF_ATTR_INT, value: value! }));
}
