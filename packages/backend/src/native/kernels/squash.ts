import type * as tf from '@tensorflow/tfjs-core';
import { ownOperation } from './own-operations';
import type { Attribute, TensorFlowBackend } from './tensorflow-backend';

/** s; kind, epsilon -> v, of the shape of s: vectors lie along the last axis. */
export const squash: tf.KernelFunc = ({ inputs: { s }, attrs, backend }) =>
  alongLastAxis(backend as TensorFlowBackend, 'Squash', [s as tf.Tensor], attrs);

/** s, dv; kind, epsilon -> ds */
export const squashGrad: tf.KernelFunc = ({ inputs: { s, dv }, attrs, backend }) =>
  alongLastAxis(backend as TensorFlowBackend, 'SquashGradient', [s as tf.Tensor, dv as tf.Tensor], attrs);

function alongLastAxis(
  backend: TensorFlowBackend,
  operation: string,
  inputs: readonly tf.Tensor[],
  attrs: tf.NamedAttrMap | undefined,
): tf.Tensor {
  const { TF_ATTR_BOOL, TF_ATTR_FLOAT } = backend.binding;
  const attributes: Attribute[] = [
    { name: 'exponential', type: TF_ATTR_BOOL, value: attrs?.kind === 'exponential' },
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: (attrs?.epsilon as number | undefined) ?? 0 },
  ];
  return backend.executeSingleOutput(ownOperation(operation)!, attributes, inputs);
}
