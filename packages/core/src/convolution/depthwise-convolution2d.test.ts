import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { ofGradients } from '../../test/golden';
import { depthwiseConvolution2d } from './depthwise-convolution2d';

const some = <T extends tf.Tensor4D>(shape: T['shape'], seed: number) =>
  tf.randomNormal<tf.Rank.R4>(shape, 0, 1, 'float32', seed);

test.each([
  { title: 'where the kernel covers all of x', kernel: [5, 4], stride: 1, output: [1, 1] },
  { title: 'where it moves', kernel: [3, 2], stride: 2, output: [2, 2] },
])('$title, it is a convolution whose kernel is 0 between two channels', ({ kernel, stride, output }) => {
  const [x, weights] = [some([3, 5, 4, 6], 1), some([kernel[0]!, kernel[1]!, 6, 1], 2)];
  const dy = some([3, output[0]!, output[1]!, 6], 3);
  const full = (x: tf.Tensor, weights: tf.Tensor) =>
    tf.conv2d(x as tf.Tensor4D, tf.mul(weights, tf.eye(6)) as tf.Tensor4D, stride, 'valid');
  const expected = tf.valueAndGrads((x, weights) => full(x!, weights!) as tf.Tensor)([x, weights], dy);
  const found = tf.valueAndGrads(
    (x, weights) => depthwiseConvolution2d(x as tf.Tensor4D, weights as tf.Tensor4D, stride) as tf.Tensor,
  )([x, weights], dy);
  expect(found.value).toBeAllClose(expected.value);
  found.grads.forEach((gradient, index) => {
    expect(gradient).toBeAllClose(expected.grads[index]!, ofGradients);
  });
});
