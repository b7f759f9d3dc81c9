import * as tf from '@tensorflow/tfjs-core';
import { bilinearConvolutionByKernel } from '../../core/src/convolution/bilinear-convolution-by-kernel';
import { nativeAdam } from '../src/node';

/** What all kernels of ours give for the same small inputs, by name. */
export function kernelOutputs(): Record<string, Float32Array> {
  return { ...routings(), ...bilinearConvolution(), ...convolution(), ...adam() };
}

// No multiples of the width of any instruction set, and more than one thread has to do.
const routed = { batch: 37, children: 50, parents: 5, inDim: 6, outDim: 7 };

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
      outputs[`routing over ${over}`] = values(capsules!);
      gradients.forEach((gradient, index) => {
        outputs[`routing over ${over}, gradient ${index}`] = values(gradient);
      });
    }
    return outputs;
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
  const gradients = grads.map((grad, index) => [`${name}, gradient ${index}`, values(grad)]);
  return { [name]: values(value), ...Object.fromEntries(gradients) };
}

function runKernel(name: string, inputs: tf.NamedTensorMap, attrs: tf.NamedAttrMap): tf.Tensor[] {
  return tf.engine().runKernel<tf.Tensor[]>(name, inputs, attrs);
}

function some(shape: number[], seed: number): tf.Tensor {
  return tf.randomUniform(shape, -1, 1, 'float32', seed);
}

function values(tensor: tf.Tensor): Float32Array {
  return tensor.dataSync() as Float32Array;
}
