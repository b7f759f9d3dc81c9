import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, inject, it } from 'vitest';

const numRuns = inject('backend') === 'webgl' ? 5 : 200;

/** A shape with an order of its axes. */
const reordered = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }).chain(shape =>
  fc.record({
    shape: fc.constant(shape),
    perm: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
  }),
);

it('moves each number to its place', () => {
  fc.assert(
    fc.property(reordered, ({ shape, perm }) => {
      const size = tf.util.sizeFromShape(shape);
      const outShape = perm.map(axis => shape[axis]!);
      const strides = [...tf.util.computeStrides(shape), 1];
      const expected = Float32Array.from({ length: size }, (_, i) => {
        const place = tf.util.indexToLoc(i, perm.length, [...tf.util.computeStrides(outShape)]);
        return perm.reduce((at, axis, level) => at + place[level]! * strides[axis]!, 0);
      });
      const x = tf.reshape(tf.range(0, size), shape);
      const moved = tf.transpose(x, perm);
      expect(moved).toBeAllClose({ shape: outShape, data: expected });
      tf.dispose([x, moved]);
    }),
    { numRuns, seed: 11 },
  );
});

it('moves whole numbers, words and nothing', () => {
  const x = tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2], 'int32');
  const moved = tf.transpose(x, [1, 0, 2]);
  expect(moved.dtype).toBe('int32');
  expect([...moved.dataSync()]).toEqual([1, 2, 5, 6, 3, 4, 7, 8]);
  expect(tf.transpose(tf.zeros([0, 3, 2]), [1, 0, 2]).shape).toEqual([3, 0, 2]);
});
