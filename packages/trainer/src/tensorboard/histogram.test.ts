import { expect, test } from 'vitest';
import { histogramOf } from './histogram';

test('counts in equal intervals, and sums', () => {
  expect(histogramOf([0, 1, 2, Number.NaN, Number.POSITIVE_INFINITY], 2)).toEqual({
    min: 0,
    max: 2,
    count: 3,
    sum: 3,
    sumOfSquares: 5,
    edges: [1, 2],
    counts: [1, 2],
  });
  const many = histogramOf(Float32Array.from({ length: 1000 }, (_, at) => Math.sin(at)))!;
  expect(many.counts.reduce((sum, count) => sum + count)).toBe(1000);
  expect(many.edges).toHaveLength(30);
  expect(many.edges.at(-1)).toBe(many.max);
});

test('of equal values, and of none', () => {
  expect(histogramOf([3, 3])).toMatchObject({ edges: [3], counts: [2] });
  expect(histogramOf([])).toBeUndefined();
  expect(histogramOf([Number.NaN])).toBeUndefined();
});
