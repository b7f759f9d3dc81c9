import { describe, expect, test } from 'vitest';
import { type AugmentationOptions, randomAugmentation } from './augmentation';
import type { ImageSize } from './image-set';
import { seededRandom } from './random';
import { randomShift } from './shift';

const size: ImageSize = { height: 6, width: 5, channels: 1 };
const image = Float32Array.from({ length: 30 }, (_, i) => (i + 1) / 30);

/** The same image changed many times, from the same seed. */
function changed(options: AugmentationOptions, count = 50): number[][] {
  const augment = randomAugmentation(options, size);
  const random = seededRandom(1);
  return Array.from({ length: count }, () => {
    const to = new Float32Array(30).fill(-1);
    augment(image, to, size, random);
    return [...to];
  });
}

describe('randomAugmentation', () => {
  test('is a shift unless told otherwise', () => {
    const random = seededRandom(1);
    const shift = randomShift(2);
    const shifted = Array.from({ length: 50 }, () => {
      const to = new Float32Array(30);
      shift(image, to, size, random);
      return [...to];
    });
    expect(changed({})).toEqual(shifted);
    expect(changed({ rotation: 0, scale: 0, squash: 0, shear: 0, erase: 0 })).toEqual(shifted);
  });

  test('shifts by the same draws when it also resamples', () => {
    // So small a shear moves no pixel by more than rounding.
    for (const [row, values] of changed({ shear: 1e-9 }, 1).entries()) {
      expect(values).toBeAllClose(changed({}, 1)[row]!, { absolute: 1e-6 });
    }
  });

  test.each<[string, AugmentationOptions]>([
    ['rotation', { rotation: 15 }],
    ['scale', { scale: 0.1 }],
    ['squash', { squash: 0.25 }],
    ['shear', { shear: 0.1 }],
    ['erase', { erase: 2 }],
  ])('%s changes the image', (_, options) => {
    const different = changed({ shift: 0, ...options }).filter(values => values.join() !== image.join());
    expect(different.length).toBeGreaterThan(45);
  });

  test('leaves alone what has no probability', () => {
    const options = { shift: 0, rotation: 30, rotationProbability: 0, erase: 2, eraseProbability: 0 };
    for (const values of changed(options)) expect(values).toEqual([...image]);
  });

  test('keeps every value between 0 and 1', () => {
    const all = changed({ rotation: 180, scale: 0.9, squash: 0.9, shear: 1, erase: 1 }, 2000).flat();
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeLessThanOrEqual(1);
  });

  test.each<[AugmentationOptions, string]>([
    [{ rotation: 181 }, 'expected "rotation" to be from 0 to 180, found 181'],
    [{ rotation: -1 }, 'expected "rotation" to be from 0 to 180, found -1'],
    [{ scale: 1 }, 'expected "scale" to be from 0 to 0.9, found 1'],
    [{ squash: Number.NaN }, 'expected "squash" to be from 0 to 0.9, found NaN'],
    [{ shear: 2 }, 'expected "shear" to be from 0 to 1, found 2'],
    [{ rotationProbability: 1.1 }, 'expected "rotationProbability" to be from 0 to 1, found 1.1'],
    [{ eraseProbability: -0.1 }, 'expected "eraseProbability" to be from 0 to 1, found -0.1'],
    [{ erase: 6 }, 'expected a square to erase of 0 to the 6x5 pixels of an image, found 6'],
    [{ erase: 1.5 }, 'found 1.5'],
  ])('refuses %o', (options, message) => {
    expect(() => randomAugmentation(options, size)).toThrow(RangeError);
    expect(() => randomAugmentation(options, size)).toThrow(message);
  });
});
