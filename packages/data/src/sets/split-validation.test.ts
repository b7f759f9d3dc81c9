import { CapsnetError } from '@capsnet/checks';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberedImages, seeds } from '../../test/image-sets';
import { seededRandom, shuffle } from '../random/random';
import { splitValidation } from './split-validation';
import { take } from './subset';

const set = numberedImages(50);

describe('splitValidation', () => {
  test('gives every image to exactly one part, in order and without a copy', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 49 }), (seed, count) => {
        const { train, validation } = splitValidation(set, { count, seed });
        expect(validation.indices).toHaveLength(count);
        for (const part of [train, validation]) {
          expect(part.set).toBe(set);
          expect(part.indices).toEqual(part.indices.toSorted());
        }
        const all = [...train.indices, ...validation.indices].sort((a, b) => a - b);
        expect(all).toEqual([...Array(50).keys()]);
      }),
    );
  });

  test('depends on the seed alone', () => {
    const chosen = (seed: number) => [...splitValidation(set, { count: 10, seed }).validation.indices];
    expect(chosen(1)).toEqual(chosen(1));
    expect(chosen(1)).not.toEqual(chosen(2));
  });

  test('draws other numbers than batches of the same seed', () => {
    const order = Uint32Array.from(set.labels.keys());
    shuffle(order, seededRandom(1));
    const { validation } = splitValidation(set, { count: 10, seed: 1 });
    expect(validation.indices).not.toEqual(order.subarray(0, 10).sort());
  });

  test('puts each image into the validation split equally often', () => {
    const times = Array<number>(50).fill(0);
    for (let seed = 0; seed < 2000; seed++) {
      for (const index of splitValidation(set, { count: 10, seed }).validation.indices) times[index]!++;
    }
    // Binomial, 2000 x 1/5: mean 400, standard deviation 18.
    for (const count of times) expect(Math.abs(count - 400)).toBeLessThan(5 * 18);
  });

  test('splits a subset', () => {
    const backwards = { set, indices: Uint32Array.of(9, 7, 5, 3) };
    const { train, validation } = splitValidation(backwards, { count: 1, seed: 3 });
    expect([...train.indices, ...validation.indices].sort()).toEqual([3, 5, 7, 9]);
  });

  test('takes 5,000 unless told otherwise', () => {
    const { train, validation } = splitValidation(numberedImages(5003, [1, 1]), { seed: 1 });
    expect([train.indices.length, validation.indices.length]).toEqual([3, 5000]);
  });

  test.each([0, 50, 2.5])('refuses %s of 50', count => {
    expect(() => splitValidation(set, { count, seed: 1 })).toThrow(
      `expected a count of 1 to 49 of the 50 images, found ${count}`,
    );
    expect(() => splitValidation(take(set, 50), { count, seed: 1 })).toThrow(CapsnetError);
  });

  test.each([-1, 0.5, 2 ** 32])('refuses the seed %s', seed => {
    expect(() => splitValidation(set, { count: 5, seed })).toThrow(
      `expected a seed that is an integer from 0 to 4294967295, found ${seed}`,
    );
  });
});
