import type * as tf from '@tensorflow/tfjs-core';
import { float32, type TensorFlowBackend } from './tensorflow-backend';

/**
 * 1 where x > 0, 0 where it is not, NaN where it is NaN, in two passes where tfjs-node takes seven. Gradients of many
 * activations use it.
 */
export function step(original: tf.KernelFunc): tf.KernelFunc {
  return args => {
    const x = args.inputs.x!;
    if (x.dtype !== 'float32' || args.attrs?.alpha !== 0) return original(args);
    const backend = args.backend as TensorFlowBackend;
    const positive = backend.executeSingleOutput('Relu', [float32(backend)], [x]);
    const sign = backend.executeSingleOutput('Sign', [float32(backend)], [positive]);
    positive.dispose();
    return sign;
  };
}
