import { mnistSide } from '@capsnet/data';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digitImage } from './digit-image';
import type { Stroke } from './strokes';

function massOf(image: Float32Array) {
  let [mass, x, y] = [0, 0, 0];
  image.forEach((value, index) => {
    mass += value;
    x += value * ((index % mnistSide) + 0.5);
    y += value * (Math.floor(index / mnistSide) + 0.5);
  });
  return { mass, x: x / mass, y: y / mass };
}

/** Rows and columns that hold ink. */
function inked(image: Float32Array) {
  const places = Array.from(image.keys()).filter(at => image[at]! > 0);
  const span = (values: number[]) => Math.max(...values) - Math.min(...values) + 1;
  return {
    rows: span(places.map(at => Math.floor(at / mnistSide))),
    columns: span(places.map(at => at % mnistSide)),
  };
}

const seven: readonly Stroke[] = [
  [
    { x: 0.2, y: 0.2 },
    { x: 0.8, y: 0.2 },
    { x: 0.4, y: 0.9 },
  ],
];

test('a digit fills a box of 20 pixels, with its centre of mass where MNIST has it', () => {
  const image = digitImage(seven)!;
  const { x, y } = massOf(image);
  // Pixels sample the pen's soft edge, by where it falls between them.
  expect(Math.hypot(x - 14.5, y - 14.5)).toBeLessThan(0.1);
  const { rows, columns } = inked(image);
  // Soft edges reach into one more pixel on either side.
  expect(rows).toBeGreaterThanOrEqual(20);
  expect(rows).toBeLessThanOrEqual(22);
  expect(columns).toBeLessThan(rows);
});

test('where on the pad it is drawn, and how large, makes no difference', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.3, max: 1.5, noNaN: true }),
      fc.double({ min: -0.3, max: 0.3, noNaN: true }),
      (scale, shift) => {
        const moved = seven.map(stroke =>
          stroke.map(({ x, y }) => ({ x: x * scale + shift, y: y * scale - shift })),
        );
        const [image, other] = [digitImage(seven)!, digitImage(moved)!];
        for (const [at, value] of image.entries()) expect(other[at]).toBeCloseTo(value, 4);
      },
    ),
    { numRuns: 25 },
  );
});

test('a dot stays a dot, and no drawing is no image', () => {
  const dot = digitImage([[{ x: 0.9, y: 0.1 }]])!;
  const { rows, columns } = inked(dot);
  expect(Math.max(rows, columns)).toBeLessThan(6);
  expect(massOf(dot)).toMatchObject({ x: expect.closeTo(14.5), y: expect.closeTo(14.5) });
  expect(digitImage([])).toBeNull();
  expect(digitImage([[]])).toBeNull();
});
