import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alongAxes, alongAxesTransposed, multiplicationsAlongAxes } from './along-axes';
import type { Matrix } from './real-products';

const size = fc.integer({ min: 1, max: 6 });
const problem = fc.record({
  rows: fc.tuple(size, size),
  columns: fc.tuple(size, size),
  rest: size,
  seed: size,
});

const matrixOf = (tensor: tf.Tensor): Matrix => ({
  rows: tensor.shape[0]!,
  columns: tensor.shape[1]!,
  data: tensor.dataSync() as Float32Array,
});

test('both matrices, one after the other, are their Kronecker product, and so are the transposes', () => {
  fc.assert(
    fc.property(problem, ({ rows, columns, rest, seed }) => {
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const first = tf.randomNormal([rows[0], columns[0]], 0, 1, 'float32', seed);
        const second = tf.randomNormal([rows[1], columns[1]], 0, 1, 'float32', seed + 1);
        const x = tf.randomNormal([...columns, rest], 0, 1, 'float32', seed + 2);
        const y = tf.randomNormal([...rows, rest], 0, 1, 'float32', seed + 3);
        const spread = tf.mul(
          tf.reshape(first, [rows[0], 1, columns[0], 1]),
          tf.reshape(second, [1, rows[1], 1, columns[1]]),
        );
        const kronecker = tf.reshape(spread, [rows[0] * rows[1], columns[0] * columns[1]]);
        const matrices = [matrixOf(first), matrixOf(second)] as const;
        expect(alongAxes(matrices, x)).toBeAllClose(
          tf.matMul(kronecker, tf.reshape(x, [kronecker.shape[1]!, rest])),
        );
        expect(alongAxesTransposed(matrices, y)).toBeAllClose(
          tf.matMul(kronecker, tf.reshape(y, [kronecker.shape[0]!, rest]), true),
        );
      });
      expect(tf.memory().numTensors).toBe(before);
    }),
    { numRuns: tf.getBackend() === 'webgl' ? 5 : 30 },
  );
});

test('the axis goes first that leaves less to multiply', () => {
  // [2, 3] of [5, 7]: 2 rows of 5 for 7 columns and then 3 of 7 for 2 rows, or the other way round
  expect(multiplicationsAlongAxes([2, 3], [5, 7])).toBe(
    Math.min(2 * 5 * 7 + 3 * 7 * 2, 3 * 7 * 5 + 2 * 5 * 3),
  );
  expect(multiplicationsAlongAxes([3, 2], [7, 5])).toBe(multiplicationsAlongAxes([2, 3], [5, 7]));
});
