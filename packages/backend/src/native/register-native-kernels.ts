import * as tf from '@tensorflow/tfjs-core';
import { installReluGradient, reluGrad, reluGradGradient } from './relu-gradient';
import { step } from './step';
import { sum } from './sum';
import { engineName } from './tensorflow-backend';

/** Makes kernels of tfjs-node faster. Done once for all copies of this package in a process. */
export function registerNativeKernels(): void {
  if (tf.getKernel('ReluGrad', engineName)) return;
  tf.registerKernel({ kernelName: 'ReluGrad', backendName: engineName, kernelFunc: reluGrad });
  tf.registerGradient(reluGradGradient);
  wrapKernel('Step', step);
  wrapKernel('Sum', sum);
  wrapKernel('Relu', original => args => {
    installReluGradient();
    return original(args);
  });
}

function wrapKernel(name: string, wrapper: (original: tf.KernelFunc) => tf.KernelFunc): void {
  const config = tf.getKernel(name, engineName);
  tf.unregisterKernel(name, engineName);
  tf.registerKernel({ ...config, kernelFunc: wrapper(config.kernelFunc) });
}
