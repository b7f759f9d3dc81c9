import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom, uniform } from '../random/random';
import type { ImageSize } from '../sets/image-set';
import { type Affine, resample } from './affine';

const identity: Affine = { rotation: 0, shear: 0, scale: [1, 1], shift: [0, 0] };

const sizes = fc.record({
  height: fc.integer({ min: 1, max: 7 }),
  width: fc.integer({ min: 1, max: 7 }),
  channels: fc.integer({ min: 1, max: 3 }),
});
const factors = fc.double({ min: 0.4, max: 2.5, noNaN: true });
const offsets = fc.integer({ min: -3, max: 3 });
const affines: fc.Arbitrary<Affine> = fc.record({
  rotation: fc.double({ min: -180, max: 180, noNaN: true }),
  shear: fc.double({ min: -1, max: 1, noNaN: true }),
  scale: fc.tuple(factors, factors),
  shift: fc.tuple(offsets, offsets),
});

describe('resample', () => {
  test('gives the image back bit for bit when nothing is to be changed', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (size, seed) => {
        const from = noise(size, seed);
        expect(resampled(from, size, identity)).toEqual(from);
      }),
    );
  });

  test('weighs the pixels around the point that each pixel comes from', () => {
    fc.assert(
      fc.property(sizes, affines, fc.nat(), (size, affine, seed) => {
        const from = noise(size, seed);
        expect(resampled(from, size, affine)).toBeAllClose(weighed(from, size, affine), { absolute: 1e-5 });
      }),
    );
  });

  test('turns clockwise by a right angle', () => {
    const size = { height: 5, width: 5, channels: 1 };
    const from = noise(size, 1);
    // The pixel in row y and column x comes to row x and column 4 - y: a transposition, then a reflection.
    const turned = Float32Array.from(from, (_, i) => from[(4 - (i % 5)) * 5 + Math.floor(i / 5)]!);
    expect(resampled(from, size, { ...identity, rotation: 90 })).toBeAllClose(turned, { absolute: 1e-6 });
  });

  test.each<[string, Partial<Affine>, readonly [x: number, y: number]]>([
    ['shifts to the right and down', { shift: [1, 2] }, [5, 5]],
    ['leans to the right below the middle', { shear: 1 }, [4, 3]],
    ['widens', { scale: [2, 1] }, [5, 3]],
    ['heightens and then turns', { scale: [1, 0.5], rotation: 90 }, [3, 4]],
  ])('%s', (_, change, [x, y]) => {
    const size = { height: 7, width: 7, channels: 1 };
    // A pixel to the right of the middle, at (4, 3).
    const from = new Float32Array(49).with(3 * 7 + 4, 1);
    const to = resampled(from, size, { ...identity, ...change });
    expect(to[y * 7 + x]).toBeCloseTo(1, 6);
  });
});

function noise({ height, width, channels }: ImageSize, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: height * width * channels }, () => uniform(random, 0, 1));
}

function resampled(from: Float32Array, size: ImageSize, affine: Affine): Float32Array {
  const to = new Float32Array(from.length).fill(-1);
  resample(from, to, size, affine);
  return to;
}

type Point = readonly [x: number, y: number];

/** The point that changes to `point`: the forward matrix, multiplied out, and Cramer's rule. */
function sourceOf([x, y]: Point, { height, width }: ImageSize, affine: Affine): Point {
  const angle = (affine.rotation * Math.PI) / 180;
  const rotation = [Math.cos(angle), -Math.sin(angle), Math.sin(angle), Math.cos(angle)] as const;
  const [a, b, c, d] = product(
    rotation,
    product([1, affine.shear, 0, 1], [affine.scale[0], 0, 0, affine.scale[1]]),
  );
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2];
  const [dx, dy] = [x - centreX - affine.shift[0], y - centreY - affine.shift[1]];
  const determinant = a * d - b * c;
  return [(dx * d - b * dy) / determinant + centreX, (a * dy - c * dx) / determinant + centreY];
}

type Matrix = readonly [number, number, number, number];

function product([a, b, c, d]: Matrix, [e, f, g, h]: Matrix): Matrix {
  return [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];
}

/** Bilinear interpolation as a sum over all pixels: each counts by max(0, 1 - distance) along both axes. */
function weighed(from: Float32Array, size: ImageSize, affine: Affine): number[] {
  const { width, channels } = size;
  return Array.from(from, (_, i) => {
    const pixel = Math.floor(i / channels);
    const [u, v] = sourceOf([pixel % width, Math.floor(pixel / width)], size, affine);
    return from.reduce((sum, value, j) => {
      if (j % channels !== i % channels) return sum;
      const other = Math.floor(j / channels);
      const near = (distance: number) => Math.max(0, 1 - Math.abs(distance));
      return sum + value * near(u - (other % width)) * near(v - Math.floor(other / width));
    }, 0);
  });
}
