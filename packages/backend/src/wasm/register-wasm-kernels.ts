import { batchMatMul } from './batch-mat-mul';
import { conv2DBackpropFilter } from './conv2d-backprop-filter';
import { conv2DBackpropInput } from './conv2d-backprop-input';
import { cpuKernel } from './cpu-kernel';
import { slice } from './slice';
import { transpose } from './transpose';
import { replaceKernel, wrapKernel } from './wasm-memory';

/**
 * Completes the wasm backend of TensorFlow.js 4.22 for training, after `@tensorflow/tfjs-backend-wasm` was imported.
 * `pickBackend` does it whenever it picks wasm.
 *
 * - Faster: products of matrices, convolution gradients, slices.
 * - Missing in the backend: the gradients of kernels of (depthwise) convolutions and of `gather`; `einsum`.
 * - Wrong in the backend: the gradients of `maxPool` and of `conv3d`.
 *
 * What is rarely used runs on the cpu backend, which `@tensorflow/tfjs-backend-cpu` has to provide.
 */
export function registerWasmKernels(): void {
  replaceKernel('BatchMatMul', batchMatMul);
  replaceKernel('Conv2DBackpropFilter', conv2DBackpropFilter);
  replaceKernel('Conv2DBackpropInput', conv2DBackpropInput);
  replaceKernel('Slice', slice);
  wrapKernel('Transpose', transpose);
  for (const name of onCpu) replaceKernel(name, cpuKernel(name));
}

const onCpu = [
  'DepthwiseConv2dNativeBackpropFilter',
  'DepthwiseConv2dNativeBackpropInput',
  'Einsum',
  'UnsortedSegmentSum',
  'MaxPoolGrad',
  'Conv3DBackpropFilterV2',
  'Conv3DBackpropInputV2',
];
