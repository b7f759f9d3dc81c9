import { expect, test } from 'vitest';
import { roundTicks } from './line-chart';

test.each([
  [1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [0.1, 4, [0, 0.05, 0.1]],
  [0.8, 4, [0, 0.2, 0.4, 0.6, 0.8]],
  [189, 5, [0, 50, 100, 150]],
  [110_625, 4, [0, 50_000, 100_000]],
])('up to %d there are at most %d round numbers', (max, count, ticks) => {
  expect(roundTicks(max, count)).toEqual(ticks);
});
