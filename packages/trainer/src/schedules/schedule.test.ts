import { expect, it } from 'vitest';
import { constant, cosine, stepDecay } from './schedule';

it('stays constant', () => {
  const rate = constant(0.02);
  expect([0, 1, 1e6].map(rate)).toEqual([0.02, 0.02, 0.02]);
});

it('steps down as in the paper by default', () => {
  const rate = stepDecay();
  expect([0, 1999].map(rate)).toEqual([1e-3, 1e-3]);
  expect([2000, 3999].map(rate)).toEqual([0.96e-3, 0.96e-3]);
  expect(rate(4000)).toBeCloseTo(0.9216e-3, 12);
});

it('steps down by other numbers', () => {
  const rate = stepDecay({ initial: 1, factor: 0.5, every: 3 });
  expect([0, 2, 3, 5, 6].map(rate)).toEqual([1, 1, 0.5, 0.5, 0.25]);
});

it('follows half a cosine and stays at its end', () => {
  const rate = cosine({ initial: 3, final: 1, steps: 90 });
  expect(rate(0)).toBe(3);
  expect(rate(30)).toBeCloseTo(2.5, 12); // cos 60 degrees = 1/2
  expect(rate(45)).toBeCloseTo(2, 12);
  expect(rate(60)).toBeCloseTo(1.5, 12);
  expect([90, 91, 1000].map(rate)).toEqual([1, 1, 1]);
});
