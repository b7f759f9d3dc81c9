import { describe, expect, it } from 'vitest';
import { epochsOf, rungSteps, rungText } from './levels';
import type { Described } from './sweep';

const described = (budget: Described['budget'], rungs?: number[]) =>
  ({ budget, ...(rungs && { asha: { reduction: 3, rungs } }) }) as Described;

/** Where the trainer validates, step by step. */
function isValidated(step: number, batchesPerEpoch: number, perEpoch: number): boolean {
  const batch = ((step - 1) % batchesPerEpoch) + 1;
  const upTo = (batch: number) => Math.floor((batch * perEpoch) / batchesPerEpoch);
  return upTo(batch) > upTo(batch - 1);
}

describe('a rung', () => {
  it('is the step of the first validation that is not before it', () => {
    for (const batchesPerEpoch of [1, 2, 7, 30, 468]) {
      for (const validationsPerEpoch of [1, 2, 3, 5, 11]) {
        for (const rung of [0.001, 0.1, 0.3, 0.5, 1, 1.4, 2, 2.999]) {
          const epoch = { batchesPerEpoch, batchSize: 4, validationsPerEpoch };
          let expected = Math.ceil(rung * batchesPerEpoch - 1e-9);
          while (!isValidated(expected, batchesPerEpoch, validationsPerEpoch)) expected++;
          if (expected >= 5 * batchesPerEpoch) continue;
          expect(rungSteps(described({ epochs: 5 }, [rung]), epoch)).toEqual([expected]);
          const images = rung * batchesPerEpoch * 4;
          expect(rungSteps(described({ images: 20 * batchesPerEpoch }, [images]), epoch)).toEqual([expected]);
        }
      }
    }
  });

  it('is refused where it is another one, or the end', () => {
    const epoch = { batchesPerEpoch: 20, batchSize: 4, validationsPerEpoch: 2 };
    expect(rungSteps(described({ epochs: 2 }, [0.5, 1]), epoch)).toEqual([10, 20]);
    expect(() => rungSteps(described({ epochs: 2 }, [0.1, 0.5]), epoch)).toThrow(
      'expected a validation between 0.1 epochs and 0.5 epochs, found none: raise training.validationsPerEpoch (2)',
    );
    expect(() => rungSteps(described({ epochs: 1 }, [0.7]), epoch)).toThrow('between 0.7 epochs and the end');
  });

  it('has a name', () => {
    expect(rungText(described({ epochs: 9 }, [1, 3]), 0)).toBe('1 epoch');
    expect(rungText(described({ images: 99_999 }, [1, 3000]), 1)).toBe('3,000 images');
    expect(rungText(described({ epochs: 9 }, [1, 3]), 2)).toBeUndefined();
  });
});

it('a budget of images is as many whole epochs as it takes', () => {
  const epoch = { batchesPerEpoch: 20, batchSize: 4, validationsPerEpoch: 2 };
  expect([79, 80, 81].map(images => epochsOf(described({ images }), epoch))).toEqual([1, 1, 2]);
  expect(epochsOf(described({ epochs: 7 }), epoch)).toBe(7);
});
