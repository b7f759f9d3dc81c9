import * as tf from '@tensorflow/tfjs-core';
import { ownOperation } from '../own-operations';
import { runReluGrad } from '../relu-gradient';
import type { TensorFlowBackend } from '../tensorflow-backend';
import { directReluConvolution } from './direct-convolution';
import { winogradConvolution } from './winograd';

interface Inputs {
  /** [batch, height, width, channels] */
  readonly x: tf.Tensor4D;
  /** [height, width, channels, filters] */
  readonly kernel: tf.Tensor4D;
  /** [filters] */
  readonly bias: tf.Tensor1D;
}

/** A valid convolution, its bias and ReLU in one pass: x, kernel, bias; strides -> y. */
export const reluConvolution: tf.KernelFunc = ({ inputs, attrs, backend: anyBackend }) => {
  const backend = anyBackend as TensorFlowBackend;
  const { x, kernel, bias } = inputs as unknown as Inputs;
  const strides = attrs?.strides as [number, number];
  if (kernel.shape[3] % 16 !== 0) {
    return tf.tidy(() => tf.relu(tf.add(tf.conv2d(x, kernel, strides, 'valid'), bias)));
  }
  return (
    winogradConvolution(backend, x, kernel, { strides, pad: 'valid' }, bias) ??
    directReluConvolution(backend, x, kernel, bias, strides)
  );
};

/** Each input's gradient is computed only where it is asked for: nobody wants that of the image. */
export const reluConvolutionGradient: tf.GradConfig = {
  kernelName: 'ReluConvolution',
  inputsToSave: ['x', 'kernel'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [x, kernel, y] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const [masked, dbias] = behindRelu(dy as tf.Tensor4D, y);
    const { strides } = attrs as { strides: [number, number] };
    const sizes = { strides, pad: 'valid', dataFormat: 'NHWC', dimRoundingMode: undefined };
    const run = (name: string, inputs: tf.NamedTensorMap, attrs: object): tf.Tensor =>
      tf.engine().runKernel(name, inputs, attrs as tf.NamedAttrMap);
    return {
      x: () => run('Conv2DBackpropInput', { dy: masked, filter: kernel }, { ...sizes, inputShape: x.shape }),
      kernel: () => run('Conv2DBackpropFilter', { x, dy: masked }, { ...sizes, filterShape: kernel.shape }),
      bias: () => dbias,
    };
  },
};

/** dy where y is positive, and its sum, the gradient of the bias. */
function behindRelu(dy: tf.Tensor4D, y: tf.Tensor4D): [masked: tf.Tensor, dbias: tf.Tensor] {
  return dy.shape[3] % 16 === 0
    ? tf.engine().runKernel('ReluBiasGrad', { dy, y })
    : tf.tidy(() => {
        const masked = runReluGrad(dy, y);
        return [masked, tf.sum(masked, [0, 1, 2])];
      });
}

export const reluBiasGrad: tf.KernelFunc = ({ inputs, backend }) =>
  (backend as TensorFlowBackend).executeMultipleOutputs(
    ownOperation('ReluGradient')!,
    [],
    [inputs.dy!, inputs.y!],
    2,
  );
