import * as tf from '@tensorflow/tfjs-core';
import { batchNormTraining, batchNormTrainingGrad } from './batch-norm';
import { bilinearConvolution, bilinearConvolutionGrad, evaluateKernel } from './bilinear-convolution';
import { dynamicRouting, dynamicRoutingGrad } from './dynamic-routing';
import { ownOperation, useOwnOperations } from './own-operations';
import { installReluGradient, reluGrad, reluGradGradient } from './relu-gradient';
import { step } from './step';
import { sum } from './sum';
import { engineName } from './tensorflow-backend';
import { winogradKernels } from './winograd';

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
  const named = (operation: string) => ownOperation(operation)!;
  register('DynamicRouting', dynamicRouting(named('Routing')));
  register('DynamicRoutingGrad', dynamicRoutingGrad(named('RoutingGradient')));
  register('BilinearKernel', evaluateKernel(named('EvaluateKernel')));
  register('BilinearConvolution', bilinearConvolution(named('BilinearConvolution')));
  register('BilinearConvolutionGrad', bilinearConvolutionGrad(named('BilinearConvolutionGradient')));
  for (const [name, wrapper] of Object.entries(winogradKernels(named))) wrapKernel(name, wrapper);
}

function register(kernelName: string, kernelFunc: tf.KernelFunc): void {
  tf.registerKernel({ kernelName, backendName: engineName, kernelFunc });
}

function wrapKernel(name: string, wrapper: (original: tf.KernelFunc) => tf.KernelFunc): void {
  const config = tf.getKernel(name, engineName);
  tf.unregisterKernel(name, engineName);
  tf.registerKernel({ ...config, kernelFunc: wrapper(config.kernelFunc) });
}
