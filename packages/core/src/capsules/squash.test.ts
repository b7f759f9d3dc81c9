import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import golden from '../../golden/squash.json?raw';
import { type Golden, read } from '../../test/golden';
import { squash } from './squash';

const { cases } = JSON.parse(golden) as {
  cases: { s: Golden; dv: Golden; epsilon: number; v: Golden; ds: Golden }[];
};

test.each(cases)('squashes as PyTorch does: $s.shape, epsilon $epsilon', ({ s, dv, epsilon, v, ds }) => {
  const { value, grad } = tf.valueAndGrad(x => squash(x, { epsilon }))(read(s), read(dv));
  expect(value).toBeAllClose(v);
  expect(grad).toBeAllClose(ds, { relative: 1e-4 });
});

test('agrees with finite differences of its own value', () => {
  const s = tf.tensor([0.3, -0.2, 0.7, 0.1]);
  const step = 1e-2;
  const dv = tf.tensor([1, -0.5, 0.25, 2]);
  const project = (x: tf.Tensor) => tf.sum(tf.mul(squash(x), dv)).dataSync()[0]!;
  const differences = Array.from({ length: 4 }, (_, axis) => {
    const move = tf.mul(tf.cast(tf.oneHot(axis, 4), 'float32'), step);
    return (project(tf.add(s, move)) - project(tf.sub(s, move))) / (2 * step);
  });
  expect(tf.grad(x => squash(x))(s, dv)).toBeAllClose(differences, { relative: 1e-3 });
});

test('a very long vector becomes one of length 1, with a gradient of next to nothing', () => {
  const s = tf.tensor2d([
    [1e10, 0],
    [6e16, 8e16],
  ]);
  expect(squash(s)).toBeAllClose(
    tf.tensor2d([
      [1, 0],
      [0.6, 0.8],
    ]),
  );
  expect(tf.grad(x => squash(x))(s)).toBeAllClose([0, 0, 0, 0], { absolute: 1e-9 } as never);
});

test('the length of a squashed vector is below 1 and keeps its direction', () => {
  const [v] = squash(tf.tensor2d([[300, 400]])).arraySync() as [number[]];
  expect(Math.hypot(...v!)).toBeCloseTo(1, 5);
  expect(v![1]! / v![0]!).toBeCloseTo(4 / 3, 5);
});
