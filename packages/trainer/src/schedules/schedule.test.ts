import { expect, it } from 'vitest';
import { constant } from './constant';
import { cosine } from './cosine';
import { stepDecay } from './step-decay';

/** The rates of the first steps of a run. */
const rates = (schedule: ReturnType<typeof constant>, steps: readonly number[], totalSteps = 90) =>
  steps.map(step => schedule(step, totalSteps));

it('stays constant', () => {
  expect(rates(constant(0.02), [0, 1, 1e6])).toEqual([0.02, 0.02, 0.02]);
});

it('steps down as in the paper by default', () => {
  const rate = stepDecay();
  expect(rates(rate, [0, 1999])).toEqual([1e-3, 1e-3]);
  expect(rates(rate, [2000, 3999])).toEqual([0.96e-3, 0.96e-3]);
  expect(rate(4000, 1)).toBeCloseTo(0.9216e-3, 12);
});

it('steps down by other numbers', () => {
  const rate = stepDecay({ initial: 1, factor: 0.5, every: 3 });
  expect(rates(rate, [0, 2, 3, 5, 6])).toEqual([1, 1, 0.5, 0.5, 0.25]);
});

it.each([{ steps: 91 }, {}])('follows half a cosine and stays at its end, with %j', ({ steps }) => {
  const rate = cosine({ initial: 3, final: 1, steps });
  const total = steps === undefined ? 91 : 7;
  expect(rate(0, total)).toBe(3);
  expect(rate(30, total)).toBeCloseTo(2.5, 12); // cos 60 degrees = 1/2
  expect(rate(45, total)).toBeCloseTo(2, 12);
  expect(rate(60, total)).toBeCloseTo(1.5, 12);
  expect(rates(rate, [90, 91, 1000], total)).toEqual([1, 1, 1]);
});

it.each([2, 3, 469, 9999])(
  'a cosine over %i steps begins with the first rate and ends with the last',
  steps => {
    const rate = cosine();
    expect(rates(rate, [0, steps - 1], steps)).toEqual([1e-3, 1e-5]);
    expect(rate(steps - 2, steps)).toBeGreaterThan(1e-5);
  },
);

it('a cosine over one step has the first rate', () => {
  expect(cosine()(0, 1)).toBe(1e-3);
  expect(cosine({ steps: 1 })(0, 5)).toBe(1e-3);
});

it.each<[string, () => unknown]>([
  ['constant: expected a rate of 0 or above, found NaN', () => constant(Number.NaN)],
  ['constant: expected a rate of 0 or above, found -1', () => constant(-1)],
  ['stepDecay: expected initial of 0 or above, found -1', () => stepDecay({ initial: -1 })],
  ['stepDecay: expected factor to be above 0, found 0', () => stepDecay({ factor: 0 })],
  ['stepDecay: expected factor to be above 0, found Infinity', () => stepDecay({ factor: Infinity })],
  ['stepDecay: expected every to be a positive integer, found 0', () => stepDecay({ every: 0 })],
  ['stepDecay: expected every to be a positive integer, found 0.5', () => stepDecay({ every: 0.5 })],
  ['cosine: expected initial of 0 or above, found Infinity', () => cosine({ initial: Infinity })],
  ['cosine: expected final of 0 or above, found -0.1', () => cosine({ final: -0.1 })],
  ['cosine: expected steps to be a positive integer, found 0', () => cosine({ steps: 0 })],
  ['cosine: expected steps to be a positive integer, found NaN', () => cosine({ steps: Number.NaN })],
])('refuses at once what can be no rate: %s', (message, make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'invalid-argument', message }));
});
