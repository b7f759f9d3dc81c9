import { expect, test } from 'vitest';
import { splitTest } from './split-test';

const set = {
  data: Uint8Array.from({ length: 42 }, (_, at) => at >> 1),
  shape: [21, 1, 2],
  labels: Uint8Array.from({ length: 21 }, (_, at) => (at === 20 ? 2 : at % 2)),
  classes: ['a', 'b', 'c'],
};

test('each class has its part in either set, and no image is in both', () => {
  const { train, test: tested } = splitTest(set, { part: 0.3, seed: 5 });
  expect(tested.shape).toEqual([6, 1, 2]);
  expect([...tested.labels].sort()).toEqual([0, 0, 0, 1, 1, 1]);
  expect([train.classes, tested.classes]).toEqual([set.classes, set.classes]);
  const all = [...train.data, ...tested.data].sort((a, b) => a - b);
  expect(all).toEqual([...set.data]);
  for (const { data, labels } of [train, tested])
    for (const [at, label] of labels.entries()) expect(set.labels[data[2 * at]!]).toBe(label);
});

test('is drawn by the seed', () => {
  expect(splitTest(set, { seed: 1 })).toEqual(splitTest(set, { seed: 1 }));
  expect(splitTest(set, { seed: 1 })).not.toEqual(splitTest(set, { seed: 2 }));
});

test.each([
  [{ part: 1, seed: 1 }, 'expected a part between 0 and 1, found 1'],
  [{ seed: -1 }, 'expected a seed'],
  [{ seed: 1, fraction: 1 }, 'unknown option fraction'],
])('refuses %j', (options, message) => {
  expect(() => splitTest(set, options as never)).toThrow(message);
});

test('needs two images of a class', () => {
  const one = { data: new Uint8Array(2), shape: [1, 1, 2], labels: Uint8Array.of(0) };
  expect(() => splitTest(one, { seed: 1 })).toThrow('expected a class of at least two images');
});
