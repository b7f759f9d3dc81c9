import * as tf from '@tensorflow/tfjs-core';
import { ownOperation } from './own-operations';
import type { Attribute, TensorFlowBackend } from './tensorflow-backend';

/** Dynamic routing as one operation: u, weight and, where there is one, bias -> [capsules, what its gradient needs]. */
export const dynamicRouting: tf.KernelFunc = ({ inputs, attrs, backend: anyBackend }) => {
  const backend = anyBackend as TensorFlowBackend;
  const { u, weight, bias } = inputs;
  return tf.tidy(() => {
    const operands = [u!, weight!, bias ?? tf.tensor1d([])];
    return backend.executeMultipleOutputs(ownOperation('Routing')!, attributes(backend, attrs), operands, 2);
  });
};

/** Its gradient -> [du, dweight], and dbias where there is a bias. */
export const dynamicRoutingGrad: tf.KernelFunc = ({ inputs, attrs, backend: anyBackend }) => {
  const backend = anyBackend as TensorFlowBackend;
  const { dcapsules, u, weight, bias, saved } = inputs;
  const operation = ownOperation('RoutingGradient')!;
  return tf.tidy(() => {
    const operands = [dcapsules!, u!, weight!, bias ?? tf.tensor1d([]), saved!];
    const gradients = backend.executeMultipleOutputs(operation, attributes(backend, attrs), operands, 3);
    return bias ? gradients : gradients.slice(0, 2);
  });
};

function attributes({ binding }: TensorFlowBackend, attrs: tf.NamedAttrMap | undefined): Attribute[] {
  const { iterations, over, gradient, epsilon } = attrs as Record<string, number | string>;
  return [
    { name: 'iterations', type: binding.TF_ATTR_INT, value: iterations! },
    { name: 'over_parents', type: binding.TF_ATTR_BOOL, value: over === 'out' },
    { name: 'full', type: binding.TF_ATTR_BOOL, value: gradient === 'full' },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon! },
  ];
}
