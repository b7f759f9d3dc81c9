import * as tf from '@tensorflow/tfjs-core';
import { batchNormTraining, batchNormTrainingGrad } from './batch-norm';
import { installReluGradient, reluGrad, reluGradGradient } from './relu-gradient';
import { step } from './step';
import { sum } from './sum';
import { engineName } from './tensorflow-backend';

/** Makes kernels of tfjs-node faster. Done once for all copies of this package in a process. */
export function registerNativeKernels(): void {
  if (tf.getKernel('ReluGrad', engineName)) return;
  register('ReluGrad', reluGrad);
  tf.registerGradient(reluGradGradient);
  register('BatchNormTraining', batchNormTraining);
  register('BatchNormTrainingGrad', batchNormTrainingGrad);
  wrapKernel('Step', step);
  wrapKernel('Sum', sum);
  wrapKernel('Relu', original => args => {
    installReluGradient();
    return original(args);
  });
}

function register(kernelName: string, kernelFunc: tf.KernelFunc): void {
  tf.registerKernel({ kernelName, backendName: engineName, kernelFunc });
}

function wrapKernel(name: string, wrapper: (original: tf.KernelFunc) => tf.KernelFunc): void {
  const config = tf.getKernel(name, engineName);
  tf.unregisterKernel(name, engineName);
  tf.registerKernel({ ...config, kernelFunc: wrapper(config.kernelFunc) });
}
