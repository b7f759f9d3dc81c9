import * as tf from '@tensorflow/tfjs-core';
import { ownOperation } from './own-operations';
import type { TensorFlowBackend } from './tensorflow-backend';

/** Self-attention routing before its squash: u, weight and, where there is one, bias -> sums [batch, out, outDim]. */
export const selfAttention: tf.KernelFunc = ({ inputs: { u, weight, bias }, backend }) => {
  const operation = ownOperation('SelfAttention')!;
  return tf.tidy(() =>
    (backend as TensorFlowBackend).executeSingleOutput(operation, [], [u!, weight!, bias ?? tf.tensor1d([])]),
  );
};

/** dsums and its inputs -> [du, dweight], and dbias where there is a bias. */
export const selfAttentionGrad: tf.KernelFunc = ({ inputs: { dsums, u, weight, bias }, backend }) => {
  const operation = ownOperation('SelfAttentionGradient')!;
  return tf.tidy(() => {
    const operands = [dsums!, u!, weight!, bias ?? tf.tensor1d([])];
    const gradients = (backend as TensorFlowBackend).executeMultipleOutputs(operation, [], operands, 3);
    return bias ? gradients : gradients.slice(0, 2);
  });
};
