import { expect, test } from 'vitest';
import { resizeSet } from './resize-set';

const set = {
  data: Uint8Array.of(0, 100, 200, 100, 10, 20, 30, 40),
  shape: [2, 2, 2],
  labels: Uint8Array.of(1, 0),
  classes: ['a', 'b'],
};

test('every image gets the size, and all else stays', () => {
  expect(resizeSet(set, { height: 1, width: 1 })).toEqual({
    ...set,
    data: Uint8Array.of(100, 25),
    shape: [2, 1, 1],
  });
  const { data, shape } = resizeSet(
    { ...set, shape: [1, 2, 2, 2], labels: Uint8Array.of(0) },
    { height: 1, width: 2, fit: 'cover' },
  );
  // Two channels, of which the upper row of two fits no more than the middle.
  expect([shape, data.length]).toEqual([[1, 1, 2, 2], 4]);
});

test('of the same size it is the same', () => {
  expect(resizeSet(set, { height: 2, width: 2 })).toEqual(set);
});

test.each([
  [{ height: 0, width: 1 }, 'expected height to be a positive integer, found 0'],
  [{ height: 1, width: 1, fit: 'exact' }, 'expected fit to be "contain" or "cover", found "exact"'],
  [{ height: 1 }, 'expected width to be a positive integer, found nothing'],
])('refuses %j', (options, message) => {
  expect(() => resizeSet(set, options as never)).toThrow(message);
});
