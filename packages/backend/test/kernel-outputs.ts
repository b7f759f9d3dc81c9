import * as tf from '@tensorflow/tfjs-core';
import { bilinearConvolutionByKernel } from '../../core/src/convolution/bilinear-convolution-by-kernel';
import { reluConvolution } from '../../core/src/convolution/relu-convolution';
import { nativeAdam } from '../src/node';

/** What all kernels of ours give for the same small inputs, by name. */
export function kernelOutputs(): Record<string, Float32Array> {
  return {
    ...routings(),
    ...selfAttention(),
    ...squashes(),
    ...bilinearConvolution(),
    ...convolutions(),
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
      const [capsules, saved] = runKernel('DynamicRouting', inputs, attrs) as [tf.Tensor, tf.Tensor];
      const gradients = runKernel('DynamicRoutingGrad', { dcapsules, ...inputs, saved }, attrs);
      Object.assign(outputs, named(`routing over ${over}`, [capsules, ...gradients]));
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
      bias: some([children, parents], 3),
    };
    const dsums = some([batch, parents, outDim], 4);
    const sums = runKernel('SelfAttentionRouting', inputs, {});
    const gradients = runKernel('SelfAttentionRoutingGrad', { dsums, ...inputs }, {});
    return named('self-attention', [sums, gradients].flat());
  });
}

function squashes(): Record<string, Float32Array> {
  return tf.tidy(() => {
    const [s, dv] = [some([3000, 7], 20), some([3000, 7], 21)];
    const outputs = [{ kind: 'paper', epsilon: 1e-8 }, { kind: 'exponential' }].flatMap(attrs =>
      [runKernel('Squash', { s }, attrs), runKernel('SquashGrad', { s, dv }, attrs)].flat(),
    );
    return named('squash', outputs);
  });
}

function batchNorm(): Record<string, Float32Array> {
  return tf.tidy(() => {
    const [x, dy] = [some([7, 9, 5, 48], 22), some([7, 9, 5, 48], 23)];
    const [gamma, beta] = [some([48], 24), some([48], 25)];
    const attrs = { epsilon: 1e-3 };
    const outputs = runKernel('BatchNormTraining', { x, gamma, beta }, attrs);
    const [, mean, variance] = outputs as [tf.Tensor, tf.Tensor, tf.Tensor];
    const gradients = runKernel('BatchNormTrainingGrad', { dy, x, gamma, mean, variance }, attrs);
    return named('batch normalisation', [...outputs, ...gradients]);
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

/** 3x3, and another with bias and ReLU. */
function convolutions(): Record<string, Float32Array> {
  return tf.tidy(() => {
    const ofThree = gradientsOf(
      '3x3 convolution',
      [some([5, 13, 11, 16], 8), some([3, 3, 16, 32], 9)],
      some([5, 13, 11, 32], 10),
      (x, kernel) => tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same'),
    );
    const ofFive = gradientsOf(
      'convolution with bias and ReLU',
      [some([19, 12, 11, 2], 26), some([5, 5, 2, 32], 27), some([32], 28)],
      some([19, 8, 7, 32], 29),
      (x, kernel, bias) =>
        reluConvolution(x as tf.Tensor4D, kernel as tf.Tensor4D, bias as tf.Tensor1D, [1, 1]),
    );
    return { ...ofThree, ...ofFive };
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

function runKernel(name: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap): tf.Tensor[] {
  return [tf.engine().runKernel<tf.Tensor | tf.Tensor[]>(name, inputs, attrs)].flat();
}

function named(name: string, outputs: readonly tf.Tensor[]): Record<string, Float32Array> {
  return Object.fromEntries(outputs.map((output, index) => [`${name}, output ${index}`, values(output)]));
}

function some(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}

function values(tensor: tf.Tensor): Float32Array {
  return tensor.dataSync() as Float32Array;
}
