import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bits } from '../../test/network';
import { clipByNorm } from './clip';

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
});

const values = { a: [3, 0, -4, 12], b: [84] }; // norm 85

function tensors() {
  return { a: tf.tensor2d(values.a, [2, 2]), b: tf.tensor1d(values.b) };
}

it('scales gradients down to the joint norm', () => {
  const gradients = tensors();
  const { clipped, norm } = clipByNorm(gradients, 17);
  expect(norm).toBeAllClose({ shape: [], data: [85] });
  expect(clipped.a!).toBeAllClose({ shape: [2, 2], data: values.a.map(value => value / 5) });
  expect(clipped.b!).toBeAllClose({ shape: [1], data: [84 / 5] });
  tf.dispose([gradients, clipped, norm]);
});

it('leaves gradients within the limit as they are, bit for bit', () => {
  const gradients = { a: tf.tensor1d([0.1, -0.7, 1 / 3]), b: tf.zeros([2]) };
  const { clipped, norm } = clipByNorm(gradients, 0.9);
  expect(bits(clipped)).toEqual(bits(gradients));
  tf.dispose([gradients, clipped, norm]);
});

it('leaves gradients of zero at zero', () => {
  const gradients = { a: tf.zeros([3]) };
  const { clipped, norm } = clipByNorm(gradients, 1);
  expect(Array.from(clipped.a!.dataSync())).toEqual([0, 0, 0]);
  tf.dispose([gradients, clipped, norm]);
});

it.each([Number.NaN, Number.POSITIVE_INFINITY])('gives a norm that shows %d', value => {
  const gradients = { a: tf.tensor1d([1, value]) };
  const { clipped, norm } = clipByNorm(gradients, 1);
  expect(Number.isFinite(norm.dataSync()[0])).toBe(false);
  tf.dispose([gradients, clipped, norm]);
});
