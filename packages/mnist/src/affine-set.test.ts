import { sha256 } from '@capsnet/checks';
import { type ImageSet, take } from '@capsnet/data';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberedImages, seeds } from '../../data/test/image-sets';
import { type AffineSetOptions, affineSet } from './affine-set';

const set = numberedImages(23);
const unchanged = { rotation: 0, shear: 0, scale: 0 };

describe('affineSet', () => {
  test('keeps the order, the labels and the channels', () => {
    const some = affineSet({ set, indices: Uint32Array.of(7, 3, 12) }, { seed: 1 });
    expect(some.shape).toEqual([3, 40, 40]);
    expect(some.labels).toEqual(Int32Array.of(7, 3, 2));
    expect(affineSet(numberedImages(2, [4, 3, 3]), { seed: 1, size: 9 }).shape).toEqual([2, 9, 9, 3]);
  });

  test('only moves the images when it is to change nothing else, and keeps all of them', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 4, max: 9 }), (seed, size) => {
        const moved = affineSet(set, { seed, size, ...unchanged });
        const found = Array.from(moved.labels, (_, i) => cropped(moved, i).pixels);
        expect(found).toEqual(Array.from(set.labels, (_, i) => [...set.data.subarray(i * 12, i * 12 + 12)]));
      }),
    );
  });

  test('puts them at every place equally often', () => {
    const many = { set, indices: new Uint32Array(6000).fill(5) };
    const moved = affineSet(many, { seed: 1, size: 8, ...unchanged });
    const times = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const { top, left } = cropped(moved, i);
      times.set(`${top},${left}`, (times.get(`${top},${left}`) ?? 0) + 1);
    }
    // 5 x 6 places. Binomial, 6000 x 1/30: mean 200, standard deviation 14.
    expect(times.size).toBe(30);
    for (const count of times.values()) expect(Math.abs(count - 200)).toBeLessThan(5 * 14);
  });

  test('turns by up to 20 degrees, and leans by up to a fifth', () => {
    const across = tilts(affineSet(bars(500, 'across'), { seed: 1 }));
    // Shear does not turn what lies across: its angle is that of the rotation.
    expectRange(across, [-20, 20]);
    const upright = tilts(affineSet(bars(500, 'upright'), { seed: 1 }));
    // What stands upright leans by that angle less the shear, of the same draw.
    const lean = (degrees: number) => Math.tan((degrees * Math.PI) / 180);
    expectRange(
      upright.map((tilt, i) => lean(across[i]! - tilt)),
      [-0.2, 0.2],
    );
  });

  test('gives the images that it has always given', async () => {
    const { data } = affineSet(bars(20, 'upright'), { seed: 1 });
    expect(await sha256(data)).toBe('1c4f2db9cebad242b81779de95cc4cae78a37f83351f9d4e1381dc6a41d16659');
  });

  // 28x28 pixels full of ink, which reach furthest of all.
  const full = (count: number): ImageSet => ({
    data: new Uint8Array(count * 28 * 28).fill(255),
    shape: [count, 28, 28],
    labels: new Uint8Array(count),
  });

  test('keeps all of an image that is full of ink on its canvas, or says that it cannot', () => {
    const [moved, large] = [50, 100].map(size => affineSet(full(200), { seed: 1, size }));
    expect(sums(moved!)).toEqual(sums(large!));
    expect(() => affineSet(full(200), { seed: 1 })).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        message: expect.stringMatching(
          /^affineSet: expected a size of at least 4\d, so that all of image \d+ stays on the canvas, found 40$/,
        ),
      }),
    );
  });

  test('depends on the seed alone', () => {
    expect(affineSet(take(set, 3), { seed: 7 })).toEqual(affineSet(take(set, 3), { seed: 7 }));
    expect(affineSet(take(set, 3), { seed: 7 })).not.toEqual(affineSet(take(set, 3), { seed: 8 }));
  });

  test('leaves a black image black', () => {
    const black = { data: new Uint8Array(9), shape: [1, 3, 3], labels: Uint8Array.of(1) };
    expect(affineSet(black, { seed: 1 }).data.every(byte => byte === 0)).toBe(true);
  });

  test.each<[Partial<AffineSetOptions>, string]>([
    [{ seed: -1 }, 'expected a seed'],
    [{ size: 3 }, 'expected a size of at least the 4x3 pixels of an image, found 3'],
    [{ rotation: 181 }, 'expected "rotation" to be from 0 to 180, found 181'],
    [{ shear: -0.1 }, 'expected "shear" to be from 0 to 1, found -0.1'],
    [{ scale: 1 }, 'expected "scale" to be from 0 to 0.9, found 1'],
  ])('refuses %o', (options, message) => {
    expect(() => affineSet(set, { seed: 1, ...options })).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(message) }),
    );
  });
});

/** All the ink of each image. */
function sums({ data, labels }: ImageSet): number[] {
  const pixels = data.length / labels.length;
  return Array.from(labels, (_, i) =>
    data.subarray(i * pixels, (i + 1) * pixels).reduce((sum, byte) => sum + byte, 0),
  );
}

/** What is not black of image i, which is a box, and where its corner is. */
function cropped({ data, shape }: ImageSet, i: number): { pixels: number[]; top: number; left: number } {
  const size = shape[1]!;
  const image = data.subarray(i * size * size, (i + 1) * size * size);
  const corner = image.findIndex(byte => byte > 0);
  const pixels = [...image].filter(byte => byte > 0);
  return { pixels, top: Math.floor(corner / size), left: corner % size };
}

/** Images of 27x27 with a bar through the middle, 19 pixels long. */
function bars(count: number, direction: 'across' | 'upright'): ImageSet {
  const one = Uint8Array.from({ length: 27 * 27 }, (_, i) => {
    const [x, y] = [Math.abs((i % 27) - 13), Math.abs(Math.floor(i / 27) - 13)];
    const [along, beside] = direction === 'across' ? [x, y] : [y, x];
    return along <= 9 && beside === 0 ? 255 : 0;
  });
  const data = new Uint8Array(count * one.length);
  for (let i = 0; i < count; i++) data.set(one, i * one.length);
  return { data, shape: [count, 27, 27], labels: new Uint8Array(count) };
}

/** By how many degrees each bar is turned clockwise from lying or standing, by the second moments of the image. */
function tilts({ data, shape }: ImageSet): number[] {
  const [count, size] = shape as [number, number];
  return Array.from({ length: count }, (_, i) => {
    const image = data.subarray(i * size * size, (i + 1) * size * size);
    const mean = (of: (x: number, y: number) => number) => {
      const sum = image.reduce((total, byte, j) => total + byte * of(j % size, Math.floor(j / size)), 0);
      return sum / image.reduce((total, byte) => total + byte, 0);
    };
    const [middleX, middleY] = [mean(x => x), mean((_, y) => y)];
    const xx = mean(x => (x - middleX) ** 2);
    const yy = mean((_, y) => (y - middleY) ** 2);
    const xy = mean((x, y) => (x - middleX) * (y - middleY));
    const slope = xx > yy ? Math.atan2(2 * xy, xx - yy) : -Math.atan2(2 * xy, yy - xx);
    return (slope / 2) * (180 / Math.PI);
  });
}

/** They reach from end to end, up to what a bar of single pixels tells, and half of them lie on each side of the middle. */
function expectRange(values: readonly number[], [low, high]: readonly [number, number]): void {
  const margin = (high - low) / 20;
  expect(Math.abs(Math.min(...values) - low)).toBeLessThan(margin);
  expect(Math.abs(Math.max(...values) - high)).toBeLessThan(margin);
  const below = values.filter(value => value < (low + high) / 2).length;
  // Binomial, n x 1/2.
  expect(Math.abs(below - values.length / 2)).toBeLessThan(5 * Math.sqrt(values.length / 4));
}
