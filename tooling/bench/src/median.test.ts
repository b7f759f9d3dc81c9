import { expect, test } from 'vitest';
import { median } from './median';

test.each([
  { values: [3], expected: 3 },
  { values: [10, 1, 2], expected: 2 },
  { values: [4, 1, 100, 2], expected: 3 },
])('the median of $values is $expected', ({ values, expected }) => {
  expect(median(values)).toBe(expected);
});

test('leaves the list as it is, and refuses an empty one', () => {
  const values = [3, 1, 2];
  median(values);
  expect(values).toEqual([3, 1, 2]);
  expect(() => median([])).toThrow('at least one value');
});
