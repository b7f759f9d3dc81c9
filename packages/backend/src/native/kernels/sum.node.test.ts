import { listBackends, pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, it } from 'vitest';

const native = (await listBackends()).find(({ name }) => name === 'native')!;

beforeEach(async context => {
  if (!native.available) return context.skip(native.reason);
  await pickBackend({ only: 'native' });
});

const shape = [5, 4, 3, 2];

/** In float64, element by element; `sumOf` gives the index in the result of an element at these coordinates. */
function expected(data: ArrayLike<number>, size: number, sumOf: (at: number[]) => number): Float64Array {
  const sums = new Float64Array(size);
  for (let i = 0; i < data.length; i++) {
    const at = [Math.floor(i / 24), Math.floor(i / 6) % 4, Math.floor(i / 2) % 3, i % 2];
    sums[sumOf(at)]! += data[i]!;
  }
  return sums;
}

it.each([
  { axes: [0, 1, 2], left: [2], sumOf: ([, , , d]: number[]) => d! },
  { axes: [1, 0], left: [3, 2], sumOf: ([, , c, d]: number[]) => c! * 2 + d! },
  { axes: [-4, 1], left: [3, 2], sumOf: ([, , c, d]: number[]) => c! * 2 + d! },
  { axes: [0, 2], left: [4, 2], sumOf: ([, b, , d]: number[]) => b! * 2 + d! },
  { axes: [0], left: [4, 3, 2], sumOf: ([, b, c, d]: number[]) => (b! * 3 + c!) * 2 + d! },
  { axes: [0, 1, 2, 3], left: [], sumOf: () => 0 },
])('sums over the axes $axes', ({ axes, left, sumOf }) => {
  const x = tf.randomNormal(shape, 0, 1, 'float32', 1);
  const before = tf.memory().numTensors;
  const sums = tf.sum(x, axes);
  expect(tf.memory().numTensors).toBe(before + 1);
  expect(sums).toBeAllClose({
    shape: left,
    data: expected(x.dataSync(), tf.util.sizeFromShape(left), sumOf),
  });
  const kept = shape.map((size, axis) => (axes.some(each => (each + 4) % 4 === axis) ? 1 : size));
  expect(tf.sum(x, axes, true)).toBeAllClose({ shape: kept, data: sums.dataSync() });
});

it('sums whole numbers, and nothing', () => {
  expect(tf.sum(tf.ones([2, 3, 4], 'int32'), [0, 1]).dataSync()).toEqual(new Int32Array([6, 6, 6, 6]));
  expect(tf.sum(tf.zeros([0, 3, 2]), [0, 1]).dataSync()).toEqual(new Float32Array([0, 0]));
});

it('loses less to rounding over many rows', () => {
  // One running sum in float32 is off by 2.5e-3 of the whole here.
  const sums = tf.sum(tf.fill([512, 16, 32, 2], 0.1), [0, 1, 2]);
  const exact = 2 ** 18 * Math.fround(0.1);
  expect(sums).toBeAllClose([exact, exact]);
});
