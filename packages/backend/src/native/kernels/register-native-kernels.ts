import * as tf from '@tensorflow/tfjs-core';
import { batchNormTraining, batchNormTrainingGrad, movingAverage } from './batch-norm';
import {
  bilinearConvolution,
  bilinearConvolutionGrad,
  bilinearKernel,
} from './convolution/bilinear-convolution';
import { convolutions } from './convolution/convolutions';
import { reluBiasGrad, reluConvolution, reluConvolutionGradient } from './convolution/relu-convolution';
import { dynamicRouting, dynamicRoutingGrad } from './dynamic-routing';
import { useOwnOperations } from './own-operations';
import { installReluGradient, reluGrad, reluGradGradient } from './relu-gradient';
import { selfAttention, selfAttentionGrad } from './self-attention';
import { squash, squashGrad } from './squash';
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

/**
 * Kernels of operations that are not TensorFlow's but ours, once they are loaded.
 *
 * @param build stands at the end of the operations' names
 */
export function registerOwnKernels(build: string): void {
  useOwnOperations(build);
  if (tf.getKernel('DynamicRouting', engineName)) return;
  register('DynamicRouting', dynamicRouting);
  register('DynamicRoutingGrad', dynamicRoutingGrad);
  register('SelfAttentionRouting', selfAttention);
  register('SelfAttentionRoutingGrad', selfAttentionGrad);
  register('MovingAverage', movingAverage);
  register('Squash', squash);
  register('SquashGrad', squashGrad);
  register('BilinearKernel', bilinearKernel);
  register('BilinearConvolution', bilinearConvolution);
  register('BilinearConvolutionGrad', bilinearConvolutionGrad);
  register('ReluConvolution', reluConvolution);
  tf.registerGradient(reluConvolutionGradient);
  register('ReluBiasGrad', reluBiasGrad);
  for (const [name, wrapper] of Object.entries(convolutions)) wrapKernel(name, wrapper);
}

function register(kernelName: string, kernelFunc: tf.KernelFunc): void {
  tf.registerKernel({ kernelName, backendName: engineName, kernelFunc });
}

function wrapKernel(name: string, wrapper: (original: tf.KernelFunc) => tf.KernelFunc): void {
  const config = tf.getKernel(name, engineName);
  tf.unregisterKernel(name, engineName);
  tf.registerKernel({ ...config, kernelFunc: wrapper(config.kernelFunc) });
}
