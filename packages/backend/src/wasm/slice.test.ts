import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, inject, it } from 'vitest';

const numRuns = inject('backend') === 'webgl' ? 5 : 100;

/** A shape with a part of it: along each axis a beginning and a size. */
const part = fc.array(
  fc.integer({ min: 1, max: 5 }).chain(length =>
    fc.integer({ min: 0, max: length - 1 }).chain(begin =>
      fc.record({
        length: fc.constant(length),
        begin: fc.constant(begin),
        size: fc.integer({ min: 1, max: length - begin }),
      }),
    ),
  ),
  { minLength: 1, maxLength: 4 },
);

it('takes the part that the coordinates name', () => {
  fc.assert(
    fc.property(part, axes => {
      const shape = axes.map(({ length }) => length);
      const size = axes.map(axis => axis.size);
      const x = tf.reshape(tf.range(0, tf.util.sizeFromShape(shape)), shape);
      const expected = Float32Array.from({ length: tf.util.sizeFromShape(size) }, (_, i) => {
        const location = tf.util.indexToLoc(i, size.length, tf.util.computeStrides(size));
        return axes.reduce((at, { length, begin }, axis) => at * length + begin + location[axis]!, 0);
      });
      const taken = tf.slice(
        x,
        axes.map(({ begin }) => begin),
        size,
      );
      expect(taken).toBeAllClose({ shape: size, data: expected });
      tf.dispose([x, taken]);
    }),
    { numRuns, seed: 7 },
  );
});

it('takes parts of words and of nothing', () => {
  expect(tf.slice(tf.tensor1d(['a', 'b', 'c']), 1, 2).dataSync()).toEqual(['b', 'c']);
  expect(tf.slice(tf.zeros([2, 3]), [0, 1], [2, 0]).shape).toEqual([2, 0]);
});
