import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom, uniform } from '../random/random';
import type { ImageSize } from '../sets/image-set';
import { cover, fit } from './resize';

const sides = fc.integer({ min: 1, max: 9 });
const sizes = fc.record({ height: sides, width: sides, channels: fc.integer({ min: 1, max: 3 }) });

function noise({ height, width, channels }: ImageSize, seed = 1): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: height * width * channels }, () => uniform(random, 0, 1));
}

describe('fit', () => {
  test('gives an image of the same size back bit for bit', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), (size, seed) => {
        expect(fit(noise(size, seed), size, size)).toEqual(noise(size, seed));
      }),
    );
  });

  test('shrinks to the means of the areas that pixels cover', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 9 }), fc.nat(), (size, side, seed) => {
        const from = { ...size, height: side + size.height, width: side + size.height };
        const image = noise(from, seed);
        expect(fit(image, from, { height: side, width: side })).toBeAllClose(means(image, from, side), {
          absolute: 1e-6,
        });
      }),
    );
  });

  test('enlarges by bilinear interpolation between the centres of pixels', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 9 }), fc.nat(), (size, more, seed) => {
        const side = size.height + more;
        const from = { ...size, width: size.height };
        const image = noise(from, seed);
        expect(fit(image, from, { height: side, width: side })).toBeAllClose(between(image, from, side), {
          absolute: 1e-6,
        });
      }),
    );
  });

  test('keeps proportions, with black on both sides', () => {
    const image = new Float32Array(8 * 4).fill(1);
    const fitted = fit(image, { height: 8, width: 4, channels: 1 }, { height: 4, width: 5 });
    // Half as large: 4x2, in the middle of 4x5 but for half a pixel.
    expect([...fitted]).toEqual([0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0]);
    const lying = fit(image, { height: 4, width: 8, channels: 1 }, { height: 4, width: 4 });
    expect([...lying]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
  });

  test('fills what is around with another value, where one is given', () => {
    const image = Float32Array.of(0.5, 0.5);
    const fitted = fit(image, { height: 1, width: 2, channels: 1 }, { height: 3, width: 2 }, 1);
    expect([...fitted]).toEqual([1, 1, 0.5, 0.5, 1, 1]);
  });

  test('leaves a line that would be thinner than a pixel', () => {
    const line = new Float32Array(100).fill(1);
    const fitted = fit(line, { height: 1, width: 100, channels: 1 }, { height: 3, width: 10 });
    expect(fitted).toBeAllClose([...Array(10).fill(0), ...Array(10).fill(1), ...Array(10).fill(0)]);
  });
});

/** Squares to squares: the overlap of each pair of pixels, from the definition. */
function means(image: Float32Array, { width, channels }: ImageSize, side: number): number[] {
  const step = width / side;
  const overlap = (small: number, large: number) =>
    Math.max(0, Math.min((small + 1) * step, large + 1) - Math.max(small * step, large)) / step;
  return weighed(image, width, channels, side, overlap);
}

/** Squares to squares: each pixel counts by max(0, 1 - distance) along both axes; beyond the edge the edge goes on. */
function between(image: Float32Array, { width, channels }: ImageSize, side: number): number[] {
  const hat = (large: number, small: number) => {
    const point = Math.min(Math.max(((large + 0.5) * width) / side - 0.5, 0), width - 1);
    return Math.max(0, 1 - Math.abs(point - small));
  };
  return weighed(image, width, channels, side, hat);
}

function weighed(
  image: Float32Array,
  width: number,
  channels: number,
  side: number,
  weight: (to: number, from: number) => number,
): number[] {
  return Array.from({ length: side * side * channels }, (_, at) => {
    const pixel = Math.floor(at / channels);
    const [row, column] = [Math.floor(pixel / side), pixel % side];
    return image.reduce((sum, value, i) => {
      if (i % channels !== at % channels) return sum;
      const other = Math.floor(i / channels);
      return sum + value * weight(row, Math.floor(other / width)) * weight(column, other % width);
    }, 0);
  });
}

describe('cover', () => {
  const ramp = (height: number, width: number) => ({
    image: Float32Array.from({ length: height * width }, (_, at) => at % width),
    size: { height, width, channels: 1 },
  });

  test('cuts off as much on either side', () => {
    const { image, size } = ramp(2, 6);
    expect([...cover(image, size, { height: 2, width: 2 })]).toEqual([2, 3, 2, 3]);
    const upright = Float32Array.from({ length: 12 }, (_, at) => Math.floor(at / 2));
    const tall = { height: 6, width: 2, channels: 1 };
    expect([...cover(upright, tall, { height: 2, width: 2 })]).toEqual([2, 2, 3, 3]);
  });

  test('makes smaller by means of areas, and larger by interpolation', () => {
    const { image, size } = ramp(4, 8);
    expect([...cover(image, size, { height: 2, width: 2 })]).toEqual([2.5, 4.5, 2.5, 4.5]);
    const { image: two, size: own } = ramp(1, 2);
    expect([...cover(two, own, { height: 2, width: 4 })]).toEqual([0, 0.25, 0.75, 1, 0, 0.25, 0.75, 1]);
  });

  test('fills every size from every size, and leaves nothing out of the range', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(30), fc.nat(30), fc.nat(30), (a, b, c, d) => {
        const size = { height: a + 1, width: b + 1, channels: 3 };
        const image = new Float32Array(size.height * size.width * 3).fill(0.5);
        const covered = cover(image, size, { height: c + 1, width: d + 1 });
        expect(covered).toHaveLength((c + 1) * (d + 1) * 3);
        for (const value of covered) expect(value).toBeCloseTo(0.5, 5);
      }),
    );
  });
});
