import type * as tf from '@tensorflow/tfjs-core';
import type { TensorFlowBackend } from '../tensorflow-backend';
import { directKernelGradient } from './direct-convolution';
import { winogradConvolution, winogradInputGradient, winogradKernelGradient } from './winograd';

type Wrapper = (original: tf.KernelFunc) => tf.KernelFunc;

/** Convolutions and their gradients, where ours are faster; all others are left to the kernels that were there before. */
export const convolutions: Readonly<Record<string, Wrapper>> = {
  Conv2D: original => args => {
    const { x, filter } = args.inputs as Record<'x' | 'filter', tf.TensorInfo>;
    return winogradConvolution(args.backend as TensorFlowBackend, x, filter, args.attrs) ?? original(args);
  },
  Conv2DBackpropInput: original => args => {
    const { dy, filter } = args.inputs as Record<'dy' | 'filter', tf.TensorInfo>;
    return winogradInputGradient(args.backend as TensorFlowBackend, dy, filter, args.attrs) ?? original(args);
  },
  Conv2DBackpropFilter: original => args => {
    const { x, dy } = args.inputs as Record<'x' | 'dy', tf.TensorInfo>;
    const operands = [args.backend as TensorFlowBackend, x, dy, args.attrs] as const;
    return winogradKernelGradient(...operands) ?? directKernelGradient(...operands) ?? original(args);
  },
};
