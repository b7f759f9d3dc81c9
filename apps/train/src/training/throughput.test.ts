import { expect, it } from 'vitest';
import { meanThroughput, measureThroughput } from './throughput';

it('the mean is of all images over all seconds, not of the rates', () => {
  // Of 60 images each: 1 s, 2 s and 3 s
  expect(meanThroughput([60, 30, 20])).toBeCloseTo(180 / 6, 12);
});

it('counts the time of steps alone, and lately of the last 20', () => {
  let now = 0;
  const throughput = measureThroughput(60, () => now);
  const step = (seconds: number) => {
    // What happens between two steps takes 5 s.
    now += 5;
    throughput.start();
    now += seconds;
    return throughput.stop();
  };
  expect([step(1), step(3)]).toEqual([60, 20]);
  expect(throughput.recent()).toBe(30);
  for (let i = 0; i < 20; i++) step(2);
  expect(throughput.recent()).toBe(30);
  step(22);
  expect(throughput.recent()).toBeCloseTo((20 * 60) / (19 * 2 + 22), 12);
});
