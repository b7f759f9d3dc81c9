import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { exponentialSquash } from './exponential-squash';

/** Vectors of lengths from 1e-6 to 50, on both sides of where the series takes over. */
const lengths = [1e-6, 1e-3, 0.0999, 0.1001, 0.7, 3, 50];
const directions = tf.tensor2d([0.6, 0, -0.8], [1, 3]);
const vectors = () => tf.mul(tf.tensor2d(lengths, [lengths.length, 1]), directions);

test('squashes a vector of length n to 1 - e^-n and keeps its direction', () => {
  const expected = lengths.flatMap(n => [0.6 * -Math.expm1(-n), 0, -0.8 * -Math.expm1(-n)]);
  expect(Array.from(exponentialSquash(vectors()).dataSync())).toBeAllClose(expected);
});

test('below 0.1 its series has the digits of a float32', () => {
  const short = [0.03, 0.06, 0.09, 0.0999];
  const lengths = tf.tensor2d(short, [short.length, 1]);
  expect(exponentialSquash(lengths).dataSync()).toBeAllClose(
    short.map(n => -Math.expm1(-n)),
    { relative: 2e-6 },
  );
});

test('its gradient is e^-n along the vector and (1 - e^-n) / n across it', () => {
  const along = tf.tile(directions, [lengths.length, 1]);
  const across = tf.tile(tf.tensor2d([[0.8, 0, 0.6]]), [lengths.length, 1]);
  const gradient = tf.grad(exponentialSquash);
  expect(tf.sum(tf.mul(gradient(vectors(), along), along), 1)).toBeAllClose(lengths.map(n => Math.exp(-n)));
  expect(tf.sum(tf.mul(gradient(vectors(), across), across), 1)).toBeAllClose(
    lengths.map(n => -Math.expm1(-n) / n),
  );
  expect(tf.sum(tf.mul(gradient(vectors(), along), across), 1)).toBeAllClose(
    lengths.map(() => 0),
    { absolute: 1e-6 } as never,
  );
});

test('at 0 it is 0, and its gradient the identity', () => {
  const zero = tf.zeros([2, 3]);
  const dv = tf.tensor2d([1, 2, 3, -4, 5, 6], [2, 3]);
  expect(exponentialSquash(zero)).toBeAllClose(zero);
  expect(tf.grad(exponentialSquash)(zero, dv)).toBeAllClose(dv);
});
