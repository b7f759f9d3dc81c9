import * as tf from '@tensorflow/tfjs-core';
import { bilinearConvolutionByKernel } from '../../core/src/convolution/bilinear-convolution-by-kernel';
import { pickBackend } from '../src/node';

// Has the kernels that the arguments name compute something that takes more than 40 MB, of which the inputs are the smaller
// part. Prints as JSON what they say, and at the end something that the process has computed after that.
const large: Readonly<Record<string, () => tf.Tensor | tf.Tensor[]>> = {
  routing: () =>
    tf
      .engine()
      .runKernel<tf.Tensor[]>(
        'DynamicRouting',
        { u: tf.zeros([512, 1152, 8]), weight: tf.zeros([1152, 10, 8, 16]) },
        { iterations: 3, over: 'out', gradient: 'full', epsilon: 1e-8 },
      ),
  'bilinear convolution': () =>
    bilinearConvolutionByKernel(tf.zeros([256, 20, 20, 64]), tf.zeros([9, 9, 64, 64]), [2, 2]),
  '3x3 convolution': () =>
    tf.conv2d(tf.zeros<tf.Rank.R4>([16, 64, 64, 16]), tf.zeros<tf.Rank.R4>([3, 3, 16, 256]), 1, 'same'),
  'self-attention routing': () =>
    tf.engine().runKernel<tf.Tensor>('SelfAttentionRouting', {
      u: tf.zeros([512, 1152, 8]),
      weight: tf.zeros([1152, 10, 8, 16]),
    }),
  'convolution with ReLU': () =>
    tf
      .engine()
      .runKernel<tf.Tensor>(
        'ReluConvolution',
        { x: tf.zeros([16, 64, 64, 3]), kernel: tf.zeros([5, 5, 3, 256]), bias: tf.zeros([256]) },
        { strides: [1, 1] },
      ),
};

await pickBackend({ only: 'native' });
for (const name of process.argv.slice(2)) {
  let said = 'computed';
  try {
    tf.dispose(tf.tidy(large[name]!));
  } catch (error) {
    said = (error as Error).message;
  }
  console.log(JSON.stringify(said));
}
console.log(tf.matMul([[2]], [[3]]).dataSync()[0]);
