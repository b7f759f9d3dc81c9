import { expect, it } from 'vitest';
import { runningTime } from './running-time';

type Look = readonly [wall: number, processor: number];

/** The time that counts, of one look after the other: what passed on the wall, and what was computed meanwhile. */
function counted(...looks: readonly Look[]): number[] {
  let now = { wall: 1000, processor: 7 };
  const time = runningTime(() => now);
  try {
    let before = 0;
    return looks.map(([wall, processor]) => {
      now = { wall: now.wall + wall, processor: now.processor + processor };
      const passed = time.seconds() - before;
      before += passed;
      return passed;
    });
  } finally {
    time.close();
  }
}

/** Of half a minute, with what is looked at more than once. */
const steps = Array.from({ length: 300 }, (): Look[] => [
  [0.1, 0.2],
  [0, 0],
]).flat();
const lastOf = (...looks: readonly Look[]) => counted(...steps, ...looks).slice(steps.length);

it('counts what is computed, and waits for the disk', () => {
  expect(lastOf([0.1, 0.2], [0.5, 0], [0.5, 0.01])).toEqual([0.1, 0.5, 0.5].map(about));
});

it('does not count the time in which the process was stopped', () => {
  const [stopped, next] = lastOf([3600, 0.3], [0.1, 0.2]);
  expect(stopped).toBeLessThan(0.3);
  expect(next).toEqual(about(0.1));
});

it('nor when it is stopped again, for as long, half a minute later', () => {
  expect(Math.max(...lastOf([60, 0.2], ...steps, [60, 0.2], ...steps))).toBeLessThan(2);
});

it('counts a validation, which takes long and computes', () => {
  expect(lastOf([60, 59])).toEqual([about(60)]);
});

it('counts long steps of a process that gets little of the processor, but for the first of them', () => {
  const starved = [100, 90, 110].flatMap((wall): Look[] => [
    [wall, 0.2],
    [0, 0],
    [0, 0],
  ]);
  expect(lastOf(...starved).filter(seconds => seconds > 1)).toEqual([90, 110].map(about));
});

it('counts a first step, for which there is nothing to compare', () => {
  expect(counted([40, 0.2])).toEqual([about(40)]);
});

function about(seconds: number) {
  return expect.closeTo(seconds, 6);
}
