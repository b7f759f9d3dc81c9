import * as tf from '@tensorflow/tfjs-core';
import { engineName, float32, type TensorFlowBackend } from './tensorflow-backend';

/** TensorFlow's operation for the gradient of ReLU: dy where x > 0, 0 elsewhere. */
export const reluGrad: tf.KernelFunc = ({ inputs, backend: anyBackend }) => {
  const backend = anyBackend as TensorFlowBackend;
  return backend.executeSingleOutput('ReluGrad', [float32(backend)], [inputs.dy!, inputs.x!]);
};

/** It is linear in dy, and flat in x. */
export const reluGradGradient: tf.GradConfig = {
  kernelName: 'ReluGrad',
  inputsToSave: ['x'],
  gradFunc: (ddy, saved) => {
    const x = saved[0]!;
    return { dy: () => runReluGrad(ddy as tf.Tensor, x), x: () => tf.zerosLike(x) };
  },
};

/**
 * Puts `ReluGrad` in the place of tfjs's own `dy * step(x)`, on the native backend alone; on others tfjs's own goes on.
 *
 * Gradients belong to no backend, and every import of tfjs-layers registers all of them again. So this is called before
 * each ReLU on the native backend: the engine looks up the gradient after the kernel has run.
 */
export function installReluGradient(): void {
  const current = tf.getGradient('Relu') as tf.GradConfig | undefined;
  if (!current || current === installed) return;
  installed = {
    ...current,
    gradFunc(dy, saved, attrs) {
      if (tf.getBackend() !== engineName) return current.gradFunc(dy, saved, attrs);
      return { x: () => runReluGrad(dy as tf.Tensor, saved[0]!) };
    },
  };
  tf.registerGradient(installed);
}

let installed: tf.GradConfig | undefined;

export function runReluGrad(dy: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel('ReluGrad', { dy, x });
}
