import { expect, test } from 'vitest';
import { errorInFloat32 } from '../../test/float32-error';
import { axisTransform, transformAt } from './axis-transform';
import { type InterpolationPoints, interpolationPoints, onUnitCircle } from './interpolation-points';
import { productCount } from './real-products';

/** Of the largest value. */
const bound = 1e-5;

/** Kernels that cover a third, half and two thirds of n places. */
const kernels = (n: number) => new Set([Math.ceil(n / 3), n >> 1, Math.floor((2 * n) / 3)]);

function isExact(n: number, points: InterpolationPoints): boolean {
  return [...kernels(n)].every(taps => {
    const outputs = n + 1 - taps;
    return errorInFloat32(transformAt(points, outputs, taps), outputs, taps) <= bound;
  });
}

/** By n: how many real points and pairs, and how many ranks that makes in the plane. */
const counts: [n: number, reals: number, pairs: number, ranks: number][] = [
  [3, 3, 0, 9],
  [4, 4, 0, 16],
  [5, 5, 0, 25],
  [6, 6, 0, 36],
  [7, 7, 0, 49],
  [8, 6, 1, 81],
  [9, 7, 1, 100],
  [10, 8, 1, 121],
  [11, 7, 2, 169],
  [12, 8, 2, 196],
  [13, 9, 2, 225],
  [14, 8, 3, 289],
  [15, 9, 3, 324],
  [16, 10, 3, 361],
  [20, 10, 5, 625],
];

test.each(counts)('%i points: %i real, %i pairs, %i ranks, and exact enough', (n, reals, pairs, ranks) => {
  const points = interpolationPoints(n);
  expect([points.reals.length, points.pairs.length]).toEqual([reals, pairs]);
  expect(new Set(points.reals).size).toBe(reals);
  expect(productCount({ reals, pairs }) ** 2).toBe(ranks);
  expect(isExact(n, points)).toBe(true);
});

/** Two more real points, where they are not there. */
const more = [
  [0, Infinity],
  [3 / 2, -3 / 2],
  [3 / 2, -2 / 3],
  [3, -1 / 3],
];

test.each([8, 10, 12, 14, 16])('of %i points, two more real ones make the error too large', n => {
  const { reals, pairs } = interpolationPoints(n);
  const fewer = onUnitCircle(pairs.length - 1);
  for (const two of more.filter(two => !two.some(x => reals.includes(x)))) {
    expect(isExact(n, { reals: [...reals, ...two], pairs: fewer }), two.join()).toBe(false);
  }
});

test('one output, or one tap, takes a product for each number', () => {
  for (const [outputs, taps] of [
    [5, 1],
    [1, 5],
    [1, 1],
  ] as const) {
    expect(axisTransform(outputs, taps)).toMatchObject({ reals: outputs * taps, pairs: 0 });
    expect(errorInFloat32(axisTransform(outputs, taps), outputs, taps)).toBeLessThan(1e-6);
  }
});
