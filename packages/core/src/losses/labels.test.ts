import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { labelsOf, targetsOf } from './labels';

const ints = (values: number[], shape?: number[]) => tf.tensor(values, shape, 'int32');

test('labels are indices, one-hot rows, or several of either', () => {
  const forms: [tf.Tensor, number[]][] = [
    [ints([2, 0]), [2, 0]],
    [ints([2, 0], [2, 1]), [2, 0]],
    [ints([0, 0, 1, 1, 0, 0], [2, 3]), [2, 0]],
    [tf.tensor2d([0, 0, 1, 1, 0, 0], [2, 3]), [2, 0]],
  ];
  for (const [labels, expected] of forms) {
    const found = labelsOf(labels, 2, 3, 'test');
    expect(Array.from(found.indices.dataSync())).toEqual(expected);
    expect(found.targets).toBeAllClose([0, 0, 1, 1, 0, 0]);
  }
  const twice = labelsOf(ints([2, 0, 1, 2], [2, 2]), 2, 3, 'test');
  expect(twice.indices.shape).toEqual([2, 2]);
  expect(twice.targets).toBeAllClose([1, 0, 1, 0, 1, 1]);
  expect(labelsOf(ints([1, 1, 0, 0, 1, 1], [2, 3]), 2, 3, 'test').indices).toBeAllClose([0, 1, 1, 2]);
});

test('targets may be any number of classes, or parts of them', () => {
  expect(targetsOf(ints([0, 0, 0, 1, 1, 1], [2, 3]), 2, 3, 'test')).toBeAllClose([0, 0, 0, 1, 1, 1]);
  expect(targetsOf(tf.tensor2d([0.1, 0.9, 0, 0, 0, 1], [2, 3]), 2, 3, 'test')).toBeAllClose([
    0.1, 0.9, 0, 0, 0, 1,
  ]);
  expect(targetsOf(ints([1, 2]), 2, 3, 'test')).toBeAllClose([0, 1, 0, 0, 0, 1]);
  expect(targetsOf(ints([0, 0]), 2, 1, 'test')).toBeAllClose([1, 1]);
  expect(() => targetsOf(tf.tensor2d([0, 1, 0, 1.5, 0, 0], [2, 3]), 2, 3, 'test')).toThrow(CapsnetError);
});

test.each([
  [ints([3, 0]), 'test: expected labels from 0 to 2, found 3 (row 0)'],
  [ints([0, -1]), 'test: expected labels from 0 to 2, found -1 (row 1)'],
  [tf.tensor1d([0, 1.5]), 'test: expected labels from 0 to 2, found 1.5 (row 1)'],
  [ints([0, 1, 1, 1], [2, 2]), 'test: expected different labels in a row, found 1 twice (row 1)'],
  [ints([0, 1, 2]), 'test: expected labels [2], or one-hot [2, 3], found [3]'],
  [tf.zeros([2, 4]), 'test: expected labels [2], or one-hot [2, 3], found [2,4]'],
  [tf.zeros([2, 3, 1]), 'test: expected labels [2], or one-hot [2, 3], found [2,3,1]'],
  [ints([0, 1, 0, 1, 1, 0], [2, 3]), 'test: expected 1 in each row, as in row 0, found 2 in row 1'],
  [ints([0, 0, 0, 1, 0, 0], [2, 3]), 'test: expected at least one class in each row, found 0 in row 0'],
])('says which label is wrong: $1', (labels, message) => {
  expect(() => labelsOf(labels, 2, 3, 'test')).toThrow(message);
});
