import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { ofGradients } from '../../test/golden';
import { reluConvolution } from './relu-convolution';

type Convolve = typeof reluConvolution;

/** What it stands for. */
const composition: Convolve = (x, kernel, bias, [vertical, horizontal]) =>
  tf.relu(tf.add(tf.conv2d(x, kernel, [vertical, horizontal], 'valid'), bias));

const some = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);

test.each([
  { image: [2, 7, 6, 3], window: [3, 3], filters: 16, strides: 1 },
  { image: [1, 9, 8, 16], window: [3, 3], filters: 32, strides: 1 },
  { image: [2, 9, 8, 16], window: [3, 3], filters: 16, strides: 2 },
  { image: [3, 9, 8, 16], window: [3, 3], filters: 20, strides: 1 },
  { image: [1, 11, 12, 1], window: [5, 4], filters: 5, strides: 2 },
  { image: [17, 11, 12, 2], window: [5, 4], filters: 32, strides: 3 },
])(
  'is a convolution, its bias and ReLU, value and gradients: [$image] by [$window] to $filters, stride $strides',
  ({ image, window, filters, strides }) => {
    const inputs = [some(image, 1), some([...window, image[3]!, filters], 2), some([filters], 3)];
    const run = (convolve: Convolve) =>
      tf.valueAndGrads((x, kernel, bias) =>
        // Squared, so that the gradient of the output differs from place to place
        tf.square(
          convolve(x as tf.Tensor4D, kernel as tf.Tensor4D, bias as tf.Tensor1D, [
            strides,
            strides,
          ]) as tf.Tensor,
        ),
      )(inputs);
    const [ours, theirs] = [run(reluConvolution), run(composition)];
    expect(ours.value).toBeAllClose(theirs.value);
    ours.grads.forEach((gradient, index) => {
      expect(gradient).toBeAllClose(theirs.grads[index]!, ofGradients);
    });
  },
);

test('leaves no tensors but its value and gradients', () => {
  const [x, kernel, bias] = [some([2, 6, 6, 3], 1), some([3, 3, 3, 16], 2), some([16], 3)];
  const before = tf.memory().numTensors;
  const { value, grads } = tf.valueAndGrads((x, kernel, bias) =>
    reluConvolution(x as tf.Tensor4D, kernel as tf.Tensor4D, bias as tf.Tensor1D, [1, 1]),
  )([x, kernel, bias]);
  expect(tf.memory().numTensors).toBe(before + 4);
  tf.dispose([value, grads]);
});
