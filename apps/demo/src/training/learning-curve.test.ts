import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LearningCurve, type Measurement, mostPoints, noCurve, upTo, withBatch } from './learning-curve';

/** Some training, of which no two steps are alike. */
const batch = (step: number): Measurement => ({
  step,
  loss: 1 / step + Math.sin(step) / 10,
  accuracy: 1 - 1 / (step + 1),
});

function trained(steps: number, from: LearningCurve = noCurve): LearningCurve {
  let curve = from;
  for (let step = (from.newest?.step ?? 0) + 1; step <= steps; step++) curve = withBatch(curve, batch(step));
  return curve;
}

/** The mean after each step, all of them: of all batches while there are fewer than ten, later nine parts of itself and one new. */
function means(steps: number): Measurement[] {
  const all: Measurement[] = [];
  for (let step = 1; step <= steps; step++) {
    const { loss, accuracy } = batch(step);
    const before = all.at(-1) ?? { loss: 0, accuracy: 0 };
    const old = step < 10 ? (step - 1) / step : 0.9;
    all.push({
      step,
      loss: old * before.loss + (1 - old) * loss,
      accuracy: old * before.accuracy + (1 - old) * accuracy,
    });
  }
  return all;
}

const close = ({ step, loss, accuracy }: Measurement) => ({
  step,
  loss: expect.closeTo(loss, 10),
  accuracy: expect.closeTo(accuracy, 10),
});

describe('a learning curve', () => {
  test('has a point of every step as long as they are few', () => {
    const { training, every, newest } = trained(mostPoints);
    expect(every).toBe(1);
    expect(training).toEqual(means(mostPoints).map(close));
    expect(newest).toBe(training.at(-1));
  });

  test('has every second, fourth ... of the same points when they are many, and the newest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 * mostPoints }), steps => {
        const { training, every, newest } = trained(steps);
        const all = means(steps);
        expect(training).toEqual(all.filter(({ step }) => step % every === 0).map(close));
        expect(newest).toEqual(close(all.at(-1)!));
        expect(training.length).toBeLessThanOrEqual(mostPoints);
        // No fewer than needed: with half the distance there would be too many.
        if (every > 1) expect(Math.floor(steps / (every / 2))).toBeGreaterThan(mostPoints);
      }),
      { numRuns: 20 },
    );
  });

  test('of the longest training that the page offers is as small as any', () => {
    const steps = Math.floor(59_000 / 16) * 30;
    const curve = trained(steps);
    expect(curve.training.length).toBeLessThanOrEqual(mostPoints);
    expect(JSON.stringify(curve).length).toBeLessThan(60_000);
  });

  test('goes on from an earlier step as if the later ones had not been', () => {
    const whole = trained(mostPoints);
    expect(trained(mostPoints, upTo(whole, 123))).toEqual(whole);
    expect(upTo(whole, 0)).toEqual(noCurve);
  });

  test('goes on from the last point that is left, where the step itself has none', () => {
    const { training, every } = trained(4 * mostPoints - 3);
    const { newest } = upTo(trained(4 * mostPoints), 10 * every + 1);
    expect(newest).toEqual(training[9]);
  });
});
