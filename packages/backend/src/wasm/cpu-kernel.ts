import * as tf from '@tensorflow/tfjs-core';

/** A kernel of the cpu backend, run on tensors of another backend: the engine moves the data there and back. */
export function cpuKernel(name: string): tf.KernelFunc {
  return ({ inputs, attrs }) => {
    const kernel = tf.getKernel(name, 'cpu');
    const backend = tf.findBackend('cpu');
    if (!kernel || !backend)
      throw new Error(`${name} on wasm needs the package @tensorflow/tfjs-backend-cpu`);
    const outputs = [kernel.kernelFunc({ inputs, backend, ...(attrs && { attrs }) })].flat();
    const tensors = outputs.map(output => tf.engine().makeTensorFromTensorInfo(output, backend));
    return tensors.length === 1 ? tensors[0]! : tensors;
  };
}
