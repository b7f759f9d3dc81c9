import * as tf from '@tensorflow/tfjs-core';
import type { Attribute, TensorFlowBackend } from './tensorflow-backend';

/** Dynamic routing as one operation: u, weight and, where there is one, bias -> [capsules, what its gradient needs]. */
export function dynamicRouting(operation: string): tf.KernelFunc {
  return ({ inputs, attrs, backend: anyBackend }) => {
    const backend = anyBackend as TensorFlowBackend;
    return withBias(inputs.bias, bias =>
      backend.executeMultipleOutputs(
        operation,
        attributes(backend, attrs),
        [inputs.u!, inputs.weight!, bias],
        2,
      ),
    );
  };
}

/** Its gradient -> [du, dweight], and dbias where there is a bias. */
export function dynamicRoutingGrad(operation: string): tf.KernelFunc {
  return ({ inputs, attrs, backend: anyBackend }) => {
    const backend = anyBackend as TensorFlowBackend;
    const { dcapsules, u, weight, saved } = inputs;
    return withBias(inputs.bias, bias => {
      const operands = [dcapsules!, u!, weight!, bias, saved!];
      const [du, dweight, dbias] = backend.executeMultipleOutputs(
        operation,
        attributes(backend, attrs),
        operands,
        3,
      ) as [tf.Tensor, tf.Tensor, tf.Tensor];
      if (inputs.bias) return [du, dweight, dbias];
      dbias.dispose();
      return [du, dweight];
    });
  };
}

/** The operation takes an empty tensor for none. */
function withBias(bias: tf.TensorInfo | undefined, run: (bias: tf.TensorInfo) => tf.Tensor[]): tf.Tensor[] {
  if (bias) return run(bias);
  const none = tf.tensor1d([]);
  try {
    return run(none);
  } finally {
    none.dispose();
  }
}

function attributes({ binding }: TensorFlowBackend, attrs: tf.NamedAttrMap | undefined): Attribute[] {
  const { iterations, over, gradient, epsilon } = attrs as Record<string, number | string>;
  return [
    { name: 'iterations', type: binding.TF_ATTR_INT, value: iterations! },
    { name: 'over_parents', type: binding.TF_ATTR_BOOL, value: over === 'out' },
    { name: 'full', type: binding.TF_ATTR_BOOL, value: gradient === 'full' },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon! },
  ];
}
