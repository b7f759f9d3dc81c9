import { expect, test } from 'vitest';
import { stepsBetweenCheckpoints } from './checkpoint-interval';

test.each([
  ['small', 480_000, 25],
  ['the paper’s', 8_215_568, 350],
])('a network of the size "%s" (%d parameters) has a checkpoint every %d steps', (_, parameters, steps) => {
  expect(stepsBetweenCheckpoints(parameters)).toBe(steps);
});

test('a step costs at most 400 KB of checkpoints, from 25 steps on', () => {
  for (let parameters = 1000; parameters < 1e8; parameters = Math.ceil(parameters * 1.3)) {
    const steps = stepsBetweenCheckpoints(parameters);
    expect((16 * parameters) / steps).toBeLessThanOrEqual(400_000);
    expect(steps % 25).toBe(0);
    if (steps > 25) expect((16 * parameters) / (steps - 25)).toBeGreaterThan(400_000);
  }
});
