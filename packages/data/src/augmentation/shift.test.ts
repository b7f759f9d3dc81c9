import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../random/random';
import { randomShift } from './shift';

describe('randomShift', () => {
  test('moves every pixel by one of the offsets, with zeros coming in', () => {
    const sizes = fc.record({
      height: fc.integer({ min: 1, max: 6 }),
      width: fc.integer({ min: 1, max: 6 }),
      channels: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(sizes, fc.nat({ max: 5 }), fc.nat(), (size, limit, seed) => {
        // All pixels differ and none is 0, so that a shift leaves no doubt about its offsets.
        const from = Float32Array.from({ length: size.height * size.width * size.channels }, (_, i) => i + 1);
        const to = new Float32Array(from.length).fill(-1);
        randomShift(limit)(from, to, size, seededRandom(seed));
        const offsets = range(limit).flatMap(down => range(limit).map(right => [down, right] as const));
        const shifted = offsets.map(([down, right]) => moved(from, size, down, right).join());
        expect(shifted).toContain(to.join());
      }),
    );
  });

  test('draws every pair of offsets equally often', () => {
    const size = { height: 5, width: 5, channels: 1 };
    const middle = new Float32Array(25).fill(0).with(12, 1);
    const landed = Array<number>(25).fill(0);
    const random = seededRandom(1);
    const shift = randomShift(2);
    for (let i = 0; i < 25_000; i++) {
      const to = new Float32Array(25);
      shift(middle, to, size, random);
      landed[to.indexOf(1)]!++;
    }
    // Binomial, 25,000 x 1/25: mean 1000, standard deviation 31.
    for (const count of landed) expect(Math.abs(count - 1000)).toBeLessThan(5 * 31);
  });
});

function range(limit: number): number[] {
  return Array.from({ length: 2 * limit + 1 }, (_, i) => i - limit);
}

/** Pixel by pixel from the definition: to[y, x] = from[y - down, x - right], or 0 outside. */
function moved(
  from: Float32Array,
  { height, width, channels }: { height: number; width: number; channels: number },
  down: number,
  right: number,
): number[] {
  return Array.from(from, (_, i) => {
    const channel = i % channels;
    const x = (Math.floor(i / channels) % width) - right;
    const y = Math.floor(i / channels / width) - down;
    const inside = x >= 0 && x < width && y >= 0 && y < height;
    return inside ? from[(y * width + x) * channels + channel]! : 0;
  });
}
