import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seeds } from '../../test/image-sets';
import { seededRandom } from '../random/random';
import { randomErase } from './erase';

describe('randomErase', () => {
  test('sets one square to 0 and leaves everything else', () => {
    const sizes = fc.record({
      height: fc.integer({ min: 2, max: 6 }),
      width: fc.integer({ min: 2, max: 6 }),
      channels: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 2 }), seeds, (size, side, seed) => {
        const image = new Float32Array(size.height * size.width * size.channels).fill(0.5);
        randomErase(side, 1)(image, size, seededRandom(seed));
        const erased = [...image.keys()].filter(i => image[i] === 0);
        const rows = new Set(erased.map(i => Math.floor(i / size.channels / size.width)));
        const columns = new Set(erased.map(i => Math.floor(i / size.channels) % size.width));
        expect(erased).toHaveLength(side * side * size.channels);
        for (const places of [rows, columns]) {
          expect(places.size).toBe(side);
          expect(Math.max(...places) - Math.min(...places)).toBe(side - 1);
        }
        expect(image.every(value => value === 0 || value === 0.5)).toBe(true);
      }),
    );
  });

  test('draws every place equally often, and the images with the probability', () => {
    const size = { height: 6, width: 5, channels: 1 };
    const erase = randomErase(2, 0.5);
    const random = seededRandom(1);
    const times = Array<number>(30).fill(0);
    let untouched = 0;
    for (let i = 0; i < 40_000; i++) {
      const image = new Float32Array(30).fill(1);
      erase(image, size, random);
      const corner = image.indexOf(0);
      if (corner < 0) untouched++;
      else times[corner]!++;
    }
    // Binomial, 40,000 x 1/2: mean 20,000, standard deviation 100; x 1/40 for each of 5 x 4 places: 1000, 31.
    expect(Math.abs(untouched - 20_000)).toBeLessThan(5 * 100);
    times.forEach((count, place) => {
      if (place % 5 < 4 && place < 25) expect(Math.abs(count - 1000)).toBeLessThan(5 * 31);
      else expect(count).toBe(0);
    });
  });
});
