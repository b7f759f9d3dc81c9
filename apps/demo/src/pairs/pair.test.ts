import { beforeEach, expect, test } from 'vitest';
import { drawnPair, overlay, pair, pairImage, pairSide, pick } from './pair';

const digit = (index: number, label: number) => ({ index, label, pixels: new Float32Array(28 * 28) });

/** Rows and columns between which there is ink. */
function boxOf(image: Float32Array) {
  const places = Array.from(image.keys()).filter(at => image[at]! > 0);
  const rows = places.map(at => Math.floor(at / pairSide));
  const columns = places.map(at => at % pairSide);
  return [Math.min(...rows), Math.max(...rows), Math.min(...columns), Math.max(...columns)];
}

beforeEach(() => {
  pair.value = { from: 'pad', strokes: [] };
});

test('a drawing fills a box of 24 pixels in the middle of 36, wherever on the pad it is', () => {
  const tall = (x: number) => [
    [
      { x, y: 0.1 },
      { x, y: 0.7 },
    ],
  ];
  const image = drawnPair(tall(0.2))!;
  const [top, bottom, left, right] = boxOf(image);
  expect([top, bottom]).toEqual([6, 29]);
  expect(left! + right!).toBe(pairSide - 1);
  expect(drawnPair(tall(0.8))).toEqual(image);
  expect(drawnPair([])).toBeNull();
});

test('two images lie apart, and where they meet their sum is at most 1', () => {
  const pixel = (row: number, column: number) => {
    const image = new Float32Array(28 * 28);
    image[row * 28 + column] = 0.75;
    return image;
  };
  const apart = overlay(pixel(10, 10), pixel(10, 10));
  expect(apart[(10 + 4 - 1) * pairSide + 10 + 4 - 3]).toBe(0.75);
  expect(apart[(10 + 4 + 1) * pairSide + 10 + 4 + 3]).toBe(0.75);
  const met = overlay(pixel(12, 16), pixel(10, 10));
  expect(Math.max(...met)).toBe(1);
  expect(met.filter(value => value > 0)).toHaveLength(1);
});

test('of the test set two digits of different classes are picked, the newest', () => {
  const picked = () => pair.value.from === 'test' && pair.value.digits.map(({ index }) => index);
  pick(digit(1, 7));
  expect(pairImage.value).toBeNull();
  pick(digit(2, 4));
  expect(picked()).toEqual([1, 2]);
  expect(pairImage.value).not.toBeNull();
  pick(digit(3, 0));
  expect(picked()).toEqual([2, 3]);
  pick(digit(4, 0));
  expect(picked()).toEqual([2, 4]);
  pick(digit(4, 0));
  expect(picked()).toEqual([2]);
});
