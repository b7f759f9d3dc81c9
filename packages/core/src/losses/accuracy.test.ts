import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { accuracyPerExample } from './accuracy';

const lengths = () =>
  tf.tensor2d([
    [0.1, 0.9, 0.3, 0.8],
    [0.1, 0.9, 0.3, 0.8],
    [0.1, 0.9, 0.3, 0.8],
    [0.7, 0.2, 0.6, 0.5],
  ]);

test('with one label it is the longest capsule that counts', () => {
  expect(accuracyPerExample(lengths(), tf.tensor1d([1, 3, 0, 0], 'int32'))).toBeAllClose([1, 0, 0, 1]);
});

test('with two labels both have to be the two longest, whichever is longer', () => {
  const labels = tf.tensor2d(
    [
      [1, 3],
      [3, 1],
      [1, 2],
      [2, 0],
    ],
    [4, 2],
    'int32',
  );
  expect(accuracyPerExample(lengths(), labels)).toBeAllClose([1, 1, 0, 1]);
});
