import * as tf from '@tensorflow/tfjs-core';
import { bilinearConvolutionByKernel } from '../../core/src/convolution/bilinear-convolution-by-kernel';
import { nativeAdam } from '../src/node';

/** What all kernels of ours give for the same small inputs, by name. */
export function kernelOutputs(): Record<string, Float32Array> {
  return {
    ...routings(),
    ...selfAttention(),
    ...squashes(),
    ...bilinearConvolution(),
    ...convolution(),
    ...reluConvolutions(),
    ...batchNorm(),
    ...adam(),
  };
}

// No multiples of the width of any instruction set, and so few images that several threads share the children of each.
const routed = { batch: 13, children: 50, parents: 5, inDim: 6, outDim: 7 };

function routings(): Record<string, Float32Array> {
  const { batch, children, parents, inDim, outDim } = routed;
  return tf.tidy(() => {
    const inputs = {
      u: some([batch, children, inDim], 1),
      weight: some([children, parents, inDim, outDim], 2),
      bias: some([parents, outDim], 3),
    };
    const dcapsules = some([batch, parents, outDim], 4);
    const outputs: Record<string, Float32Array> = {};
    for (const over of ['out', 'in']) {
      const attrs = { iterations: 3, over, gradient: 'full', epsilon: 1e-8 };
      const [capsules, saved] = runKernel('DynamicRouting', inputs, attrs);
      const gradients = runKernel('DynamicRoutingGrad', { dcapsules, ...inputs, saved: saved! }, attrs);
      Object.assign(outputs, named(`routing over ${over}`, [capsules!, ...gradients]));
    }
    return outputs;
  });
}

function selfAttention(): Record<string, Float32Array> {
  const { batch, children, parents, inDim, outDim } = routed;
  return tf.tidy(() => {
    const inputs = {
      u: some([batch, children, inDim], 1),
      weight: some([children, parents, inDim, outDim], 2),
      bias: some([children, parents], 18),
    };
    const dsums = some([batch, parents, outDim], 4);
    return named('self-attention', [
      tf.engine().runKernel<tf.Tensor>('SelfAttentionRouting', inputs),
      ...runKernel('SelfAttentionRoutingGrad', { dsums, ...inputs }),
    ]);
  });
}

function squashes(): Record<string, Float32Array> {
  return tf.tidy(() => {
    const [s, dv] = [some([2101, 7], 19), some([2101, 7], 20)];
    return Object.assign(
      {},
      ...['paper', 'exponential'].map(kind => {
        const attrs = { kind, epsilon: 1e-8 };
        return named(`squash, ${kind}`, [
          tf.engine().runKernel<tf.Tensor>('Squash', { s }, attrs),
          tf.engine().runKernel<tf.Tensor>('SquashGrad', { s, dv }, attrs),
        ]);
      }),
    );
  });
}

function bilinearConvolution(): Record<string, Float32Array> {
  return tf.tidy(() => {
    const inputs = [some([19, 13, 11, 5], 5), some([5, 4, 5, 18], 6)];
    const dy = some([19, 5, 4, 18], 7);
    return gradientsOf('bilinear convolution', inputs, dy, (x, kernel) =>
      bilinearConvolutionByKernel(x as tf.Tensor4D, kernel as tf.Tensor4D, [2, 2]),
    );
  });
}

function convolution(): Record<string, Float32Array> {
  return tf.tidy(() => {
    const inputs = [some([5, 13, 11, 16], 8), some([3, 3, 16, 32], 9)];
    const dy = some([5, 13, 11, 32], 10);
    return gradientsOf('3x3 convolution', inputs, dy, (x, kernel) =>
      tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same'),
    );
  });
}

/** By windows of 3 x 3, and by others. */
function reluConvolutions(): Record<string, Float32Array> {
  return tf.tidy(() => {
    const convolve = (strides: number) => (x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) =>
      tf
        .engine()
        .runKernel<tf.Tensor>('ReluConvolution', { x, kernel, bias }, { strides: [strides, strides] });
    const ofSmall = [some([5, 13, 11, 16], 21), some([3, 3, 16, 32], 22), some([32], 23)];
    const ofLarge = [some([19, 13, 11, 3], 24), some([5, 4, 3, 48], 25), some([48], 26)];
    return {
      ...gradientsOf('3x3 convolution with ReLU', ofSmall, some([5, 11, 9, 32], 27), convolve(1)),
      ...gradientsOf('convolution with ReLU', ofLarge, some([19, 5, 4, 48], 28), convolve(2)),
    };
  });
}

function batchNorm(): Record<string, Float32Array> {
  return tf.tidy(() => {
    const [x, gamma, beta, dy] = [
      some([37, 5, 3, 48], 29),
      some([48], 30),
      some([48], 31),
      some([37, 5, 3, 48], 32),
    ];
    const [y, mean, variance] = runKernel('BatchNormTraining', { x, gamma, beta }, { epsilon: 1e-3 });
    const inputs = { dy, x, gamma, mean: mean!, variance: variance! };
    const gradients = runKernel('BatchNormTrainingGrad', inputs, { epsilon: 1e-3 });
    const moved = tf
      .engine()
      .runKernel<tf.Tensor>('MovingAverage', { average: beta, met: mean! }, { rate: 0.01 });
    return {
      'moving average': values(moved),
      'batch normalisation, mean': values(mean!),
      'batch normalisation, variance': values(variance!),
      ...named('batch normalisation', [y!, ...gradients]),
    };
  });
}

/** Three updates of variables, one of which several threads share. */
function adam(): Record<string, Float32Array> {
  const variables = [[200, 301], [7]].map((shape, index) =>
    tf.tidy(() => tf.variable(some(shape, 11 + index))),
  );
  const [large, small] = variables as [tf.Variable, tf.Variable];
  const optimizer = nativeAdam({ large, small })!;
  for (let step = 0; step < 3; step++) {
    const gradients = { large: some(large.shape, 13 + step), small: some(small.shape, 16 + step) };
    optimizer.apply(gradients);
    tf.dispose(gradients);
  }
  const outputs = { 'Adam, large': values(large), 'Adam, small': values(small) };
  optimizer.dispose();
  tf.dispose(variables);
  return outputs;
}

function gradientsOf(
  name: string,
  inputs: tf.Tensor[],
  dy: tf.Tensor,
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
): Record<string, Float32Array> {
  const { value, grads } = tf.valueAndGrads(f)(inputs, dy);
  return named(name, [value, ...grads]);
}

/** A value and its gradients by name. */
function named(name: string, [value, ...gradients]: tf.Tensor[]): Record<string, Float32Array> {
  const ofGradients = gradients.map((gradient, index) => [`${name}, gradient ${index}`, values(gradient)]);
  return { [name]: values(value!), ...Object.fromEntries(ofGradients) };
}

function runKernel(name: string, inputs: tf.NamedTensorMap, attrs?: tf.NamedAttrMap): tf.Tensor[] {
  return tf.engine().runKernel<tf.Tensor[]>(name, inputs, attrs);
}

function some(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}

function values(tensor: tf.Tensor): Float32Array {
  return tensor.dataSync() as Float32Array;
}
