import { expect, test } from 'vitest';
import { findDigits } from './find-digits';

const [width, height] = [240, 160];

type Bar = readonly [left: number, top: number, width: number, height: number];

/** A page with bars of ink on it, seen in some light. */
function page(
  bars: readonly Bar[],
  { paper = 0.8, ink = 0.2, light = (_x: number, _y: number): number => 1 } = {},
) {
  const data = Float32Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const isInk = bars.some(([left, top, w, h]) => x >= left && x < left + w && y >= top && y < top + h);
    return (isInk ? ink : paper) * light(x, y);
  });
  return { data, width, height };
}

const one: Bar = [100, 40, 8, 60];
/** Of the only digit that is found, the box in pixels. */
function boxIn(found: ReturnType<typeof findDigits>) {
  expect(found).toHaveLength(1);
  const { left, top, width: w, height: h } = found[0]!.box;
  return [left * width, top * height, w * width, h * height].map(Math.round);
}

/** Smoothing moves an edge by a pixel at most. */
const near = (bar: Bar) =>
  bar.map(value => expect.toSatisfy((found: number) => Math.abs(found - value) <= 2));

test.each([
  ['dark on white', { paper: 1, ink: 0 }],
  ['pencil', { paper: 0.8, ink: 0.62 }],
  ['white on black', { paper: 0, ink: 1 }],
  ['chalk', { paper: 0.25, ink: 0.6 }],
  ['in light from one side', { light: (x: number) => 1 - (0.8 * x) / width }],
  ['half in a shadow', { light: (_: number, y: number) => 0.5 + 0.5 / (1 + Math.exp((y - 70) / 6)) }],
])('ink is found %s', (_, how) => {
  const found = findDigits(page([one], how));
  expect(boxIn(found)).toEqual(near(one));
  // An upright bar in the middle of 28x28 pixels.
  const { image } = found[0]!;
  expect(image).toHaveLength(28 * 28);
  const rows = Array.from({ length: 28 }, (_, row) => Math.max(...image.subarray(row * 28, (row + 1) * 28)));
  expect(rows.filter(value => value > 0.5).length).toBeGreaterThanOrEqual(19);
  expect(image[14 * 28 + 14]).toBeGreaterThan(0.9);
  expect(image[14 * 28 + 8]).toBe(0);
});

test('the tone of the ink can be said', () => {
  expect(boxIn(findDigits(page([one]), 'dark'))).toEqual(near(one));
  expect(findDigits(page([one]), 'bright')).toEqual([]);
});

test('digits are read in lines from above, each from the left', () => {
  const bars: readonly Bar[] = [
    [150, 30, 8, 40],
    [40, 100, 8, 40],
    [40, 20, 8, 40],
    [100, 104, 8, 40],
    [95, 26, 8, 40],
  ];
  const found = findDigits(page(bars));
  expect(found.map(({ line, box }) => [line, Math.round((box.left * width) / 10)])).toEqual([
    [0, 4],
    [0, 10],
    [0, 15],
    [1, 4],
    [1, 10],
  ]);
});

test('the bar of a five belongs to it', () => {
  const found = findDigits(
    page([
      [100, 60, 30, 50],
      [106, 46, 36, 7],
    ]),
  );
  expect(boxIn(found)).toEqual(near([100, 46, 42, 64]));
});

test('specks are no digits, and nothing is that touches the edge, unless all does', () => {
  const line: Bar = [0, 130, width, 4];
  const speck: Bar = [30, 30, 3, 3];
  expect(boxIn(findDigits(page([one, line, speck])))).toEqual(near(one));
  expect(findDigits(page([line]))).toHaveLength(1);
});

test('a page without ink has none', () => {
  expect(findDigits(page([]))).toEqual([]);
  expect(findDigits(page([], { light: x => 1 - (0.6 * x) / width }))).toEqual([]);
  // A square for each pair of places: more than anybody writes on a page that is photographed for a number.
  const many = Array.from(
    { length: 140 },
    (_, i): Bar => [5 + 16 * (i % 14), 5 + 15 * Math.floor(i / 14), 8, 8],
  );
  expect(findDigits(page(many))).toEqual([]);
  expect(findDigits({ data: Float32Array.of(0.5), width: 1, height: 1 })).toEqual([]);
});
