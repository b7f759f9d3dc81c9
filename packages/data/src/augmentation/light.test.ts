import { expect, test } from 'vitest';
import { seededRandom } from '../random/random';
import { randomLight } from './light';

const size = { height: 1, width: 4, channels: 1 };
const image = () => Float32Array.of(0.4, 0.5, 0.5, 0.6);
const many = (brightness: number, contrast: number) => {
  const random = seededRandom(2);
  return Array.from({ length: 500 }, () => {
    const one = image();
    randomLight(brightness, contrast)(one, size, random);
    return one;
  });
};
const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
const spread = (values: Float32Array) => values[3]! - values[0]!;

test('brightness moves all values alike, up to its limit', () => {
  const found = many(0.2, 0);
  for (const one of found) expect(spread(one)).toBeCloseTo(0.2, 5);
  const means = found.map(mean);
  expect(Math.max(...means)).toBeLessThanOrEqual(0.7001);
  expect(Math.max(...means)).toBeGreaterThan(0.68);
  expect(Math.min(...means)).toBeLessThan(0.32);
});

test('contrast leaves the mean', () => {
  const found = many(0, 0.5);
  for (const one of found) expect(mean(one)).toBeCloseTo(0.5, 5);
  const spreads = found.map(spread);
  expect(Math.max(...spreads)).toBeGreaterThan(0.29);
  expect(Math.min(...spreads)).toBeLessThan(0.11);
});

test('nothing leaves 0..1', () => {
  for (const one of many(1, 1)) for (const value of one) expect(value >= 0 && value <= 1).toBe(true);
});
