import { describe, expect, it } from 'vitest';
import { configurationsOf, type Dimension, dimensionsOf } from './space';

const rate = { 'training.learningRate.initial': { logUniform: [0.0001, 0.1] } };
const iterations = { 'model.routing.iterations': { values: [1, 2, 3] } };
const shift = { 'data.shift': { integer: [-1, 2] } };
const chosen = (space: object, sampler: 'grid' | 'random' | 'quasi-random', count?: number, seed = 1) =>
  configurationsOf(dimensionsOf(space as Record<string, unknown>), { sampler, count, seed });

describe('a grid', () => {
  it('has every combination once, in another order for another seed', () => {
    const expected = [1, 2, 3].flatMap(a =>
      [-1, 0, 1, 2].map(b => JSON.stringify({ 'model.routing.iterations': a, 'data.shift': b })),
    );
    const texts = (seed: number) =>
      chosen({ ...iterations, ...shift }, 'grid', undefined, seed).map(values => JSON.stringify(values));
    expect(texts(1).sort()).toEqual(expected.sort());
    expect(texts(1)).toEqual(texts(1));
    expect(chosen({ ...iterations, ...shift }, 'grid', undefined, 2)).not.toEqual(
      chosen({ ...iterations, ...shift }, 'grid', undefined, 1),
    );
  });

  it('has no more than ten thousand', () => {
    const digits = (key: string) => ({ [key]: { integer: [0, 9] } });
    const four = { ...digits('a'), ...digits('b'), ...digits('c'), ...digits('d') };
    expect(chosen(four, 'grid')).toHaveLength(10_000);
    expect(() => chosen({ ...four, e: { values: [1, 2] } }, 'grid')).toThrow(
      /expected at most 10000 configurations, found a grid of 20000/,
    );
    expect(() => chosen(rate, 'grid')).toThrow(
      /space.training.learningRate.initial.logUniform: expected values/,
    );
  });
});

describe.each(['random', 'quasi-random'] as const)('the sampler %s', sampler => {
  it('stays in the ranges, and gives the same again', () => {
    const space = { ...rate, ...iterations, ...shift, 'training.clipNorm': { uniform: [0.5, 2] } };
    const all = chosen(space, sampler, 500);
    expect(all).toEqual(chosen(space, sampler, 500));
    expect(all).not.toEqual(chosen(space, sampler, 500, 2));
    // The first ones do not depend on how many follow.
    expect(chosen(space, sampler, 20)).toEqual(all.slice(0, 20));
    expect(new Set(all.map(values => JSON.stringify(values))).size).toBe(500);
    const of = (key: string) => all.map(values => values[key] as number);
    expect(new Set(of('model.routing.iterations'))).toEqual(new Set([1, 2, 3]));
    expect(new Set(of('data.shift'))).toEqual(new Set([-1, 0, 1, 2]));
    for (const [key, low, high, middle] of [
      ['training.clipNorm', 0.5, 2, 1.25],
      ['training.learningRate.initial', 0.0001, 0.1, Math.sqrt(0.0001 * 0.1)],
    ] as const) {
      expect(Math.min(...of(key))).toBeGreaterThanOrEqual(low);
      expect(Math.max(...of(key))).toBeLessThanOrEqual(high);
      // Half of them are below the middle of the scale.
      const below = of(key).filter(value => value < middle).length;
      expect(below).toBeGreaterThan(200);
      expect(below).toBeLessThan(300);
    }
  });

  it('has each of few configurations once, and says when there are no more', () => {
    expect(
      new Set(chosen({ ...iterations, ...shift }, sampler, 12).map(each => JSON.stringify(each))).size,
    ).toBe(12);
    expect(() => chosen({ ...iterations, ...shift }, sampler, 13)).toThrow(
      /expected at most 12, for the space has no more, found 13/,
    );
    expect(() => chosen(rate, sampler)).toThrow(/configurations: expected how many/);
  });
});

/** Warnock's formula (1972): how far the points are from being evenly spread over the square. */
function discrepancy(points: readonly (readonly number[])[]): number {
  const n = points.length;
  const product = (numbers: readonly number[]) => numbers.reduce((all, number) => all * number, 1);
  const single = points.reduce((sum, point) => sum + product(point.map(x => (1 - x * x) / 2)), 0);
  const pairs = points.reduce(
    (sum, a) => sum + points.reduce((sum, b) => sum + product(a.map((x, i) => 1 - Math.max(x, b[i]!))), 0),
    0,
  );
  return Math.sqrt(3 ** -points[0]!.length - (2 / n) * single + pairs / n ** 2);
}

it('quasi-random points are spread more evenly than any of twenty random choices', () => {
  const square = { a: { uniform: [0, 1] }, b: { uniform: [0, 1] } };
  const spread = (sampler: 'random' | 'quasi-random', seed: number) =>
    discrepancy(chosen(square, sampler, 64, seed).map(({ a, b }) => [a as number, b as number]));
  const random = Array.from({ length: 20 }, (_, seed) => spread('random', seed));
  for (const seed of [0, 1, 2]) expect(spread('quasi-random', seed)).toBeLessThan(Math.min(...random));
});

it.each<[object, string]>([
  [{}, 'space: expected at least one key'],
  [{ a: 3 }, 'space.a: expected one of { "values": [...] }'],
  [{ a: { values: [1], uniform: [0, 1] } }, 'space.a: expected one of'],
  [{ a: { value: [1] } }, 'space.a: expected one of'],
  [{ a: { values: [] } }, 'space.a.values: expected at least one value, found none'],
  [{ a: { values: [1, 1] } }, 'space.a.values: expected every value once, found 1 twice'],
  [{ a: { values: 1 } }, 'space.a.values: expected a list'],
  [{ a: { uniform: [1, 0] } }, 'space.a.uniform: expected [low, high] with low < high, found [1,0]'],
  [{ a: { uniform: [0, null] } }, 'space.a.uniform: expected [low, high]'],
  [{ a: { logUniform: [0, 1] } }, 'space.a.logUniform: expected numbers above 0, found 0'],
  [{ a: { integer: [0, 1.5] } }, 'space.a.integer: expected integers'],
  [{ 'a.b': { values: [1] }, a: { values: [{}] } }, 'space: expected one of a and a.b'],
  [{ 'a..b': { values: [1] } }, 'expected a.b=value'],
])('%j is refused', (space, message) => {
  expect(() => dimensionsOf(space as Record<string, unknown>)).toThrow(message);
});

it('values may be anything that JSON has', () => {
  const values = [null, 'text', [1, 2], { kind: 'x' }, true];
  const [dimension] = dimensionsOf({ a: { values } }) as Dimension[];
  const all = configurationsOf([dimension!], { sampler: 'grid', seed: 3 }).map(({ a }) => a);
  expect(all).toHaveLength(5);
  expect(all).toEqual(expect.arrayContaining(values));
});
