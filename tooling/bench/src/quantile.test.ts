import { expect, test } from 'vitest';
import { median, quantile } from './quantile';

test.each([
  { values: [3], expected: 3 },
  { values: [10, 1, 2], expected: 2 },
  { values: [4, 1, 100, 2], expected: 3 },
])('the median of $values is $expected', ({ values, expected }) => {
  expect(median(values)).toBe(expected);
});

test('all but 5 % stay below the quantile 0.95', () => {
  const values = Array.from({ length: 101 }, (_, index) => 100 - index);
  expect(quantile(values, 0.95)).toBe(95);
  expect(quantile([0, 10], 0.95)).toBeCloseTo(9.5, 12);
  expect(quantile([7], 0.95)).toBe(7);
});

test('leaves the list as it is, and refuses an empty one', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
  expect(() => median([])).toThrow('at least one value');
});
