import { expect, test } from 'vitest';
import { seededRandom } from '../random/random';
import { type AffineLimits, drawAffine } from './random-affine';

const limits: AffineLimits = {
  shift: 2,
  rotation: 30,
  rotationProbability: 0.5,
  scale: 0.2,
  squeeze: 0,
  shear: 0.1,
};

const draws = 20_000;

function drawMany(changed: Partial<AffineLimits> = {}) {
  const random = seededRandom(1);
  return Array.from({ length: draws }, () => drawAffine({ ...limits, ...changed }, random));
}

test('draws each part uniformly within its limits', () => {
  const drawn = drawMany({ rotationProbability: 1 });
  expectUniform(
    drawn.map(({ rotation }) => rotation),
    [-30, 30],
  );
  expectUniform(
    drawn.map(({ shear }) => shear),
    [-0.1, 0.1],
  );
  for (const axis of [0, 1] as const) {
    expectUniform(
      drawn.map(({ scale }) => scale[axis]),
      [0.8, 1.2],
    );
    for (const offset of [-2, -1, 0, 1, 2]) {
      // Binomial, 20,000 x 1/5: mean 4000, standard deviation 57.
      const count = drawn.filter(({ shift }) => shift[axis] === offset).length;
      expect(Math.abs(count - 4000)).toBeLessThan(5 * 57);
    }
  }
});

test('squeezes the width alone', () => {
  const scales = drawMany({ scale: 0, squeeze: 0.25 }).map(({ scale }) => scale);
  expectUniform(
    scales.map(([x]) => x),
    [0.75, 1],
  );
  expect(scales.every(([, y]) => y === 1)).toBe(true);
});

test('scales width and height independently', () => {
  const [x, y] = ([0, 1] as const).map(axis => drawMany().map(({ scale }) => scale[axis] - 1));
  const covariance = x!.reduce((sum, value, i) => sum + value * y![i]!, 0) / draws;
  // The variance of each is .4^2 / 12 = 1/75; the standard deviation of the mean product is that by sqrt(n).
  expect(Math.abs(covariance)).toBeLessThan(5 / 75 / Math.sqrt(draws));
});

test('rotates only as many images as it is asked to', () => {
  const rotated = drawMany().filter(({ rotation }) => rotation !== 0).length;
  // Binomial, 20,000 x 1/2: mean 10,000, standard deviation 71.
  expect(Math.abs(rotated - 10_000)).toBeLessThan(5 * 71);
});

/** Inside the limits, near both, and with the mean and variance of a uniform distribution. */
function expectUniform(values: readonly number[], [low, high]: readonly [number, number]): void {
  const fractions = values.map(value => (value - low) / (high - low));
  const rounding = 1e-12;
  expect(Math.min(...fractions)).toBeGreaterThanOrEqual(-rounding);
  expect(Math.max(...fractions)).toBeLessThanOrEqual(1 + rounding);
  expect(Math.min(...fractions)).toBeLessThan(0.01);
  expect(Math.max(...fractions)).toBeGreaterThan(0.99);
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value) / of.length;
  const middle = mean(fractions);
  // Of one fraction: mean 1/2, variance 1/12, fourth moment 1/80.
  expect(Math.abs(middle - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / values.length));
  const variance = mean(fractions.map(value => (value - 1 / 2) ** 2));
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt((1 / 80 - 1 / 144) / values.length));
}
