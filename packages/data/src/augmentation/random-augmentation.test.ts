import { describe, expect, test } from 'vitest';
import { seededRandom } from '../random/random';
import type { ImageSize } from '../sets/image-set';
import { type AugmentationOptions, randomAugmentation } from './random-augmentation';
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
  test('changes nothing unless asked', () => {
    for (const values of changed({})) expect(values).toEqual([...image]);
  });

  test('is a shift by whole pixels when nothing else is asked for', () => {
    const random = seededRandom(1);
    const shift = randomShift(2);
    const shifted = Array.from({ length: 50 }, () => {
      const to = new Float32Array(30);
      shift(image, to, size, random);
      return [...to];
    });
    expect(changed({ shift: 2 })).toEqual(shifted);
    expect(changed({ shift: 2, rotation: 0, scale: 0, squeeze: 0, shear: 0, erase: 0 })).toEqual(shifted);
  });

  test('shifts by the same draws when it also resamples', () => {
    // So small a shear moves no pixel by more than rounding.
    for (const [row, values] of changed({ shift: 2, shear: 1e-9 }, 1).entries()) {
      expect(values).toBeAllClose(changed({ shift: 2 }, 1)[row]!, { absolute: 1e-6 });
    }
  });

  test.each<[string, AugmentationOptions]>([
    ['rotation', { rotation: 15 }],
    ['scale', { scale: 0.1 }],
    ['squeeze', { squeeze: 0.25 }],
    ['shear', { shear: 0.1 }],
    ['erase', { erase: 2 }],
  ])('%s changes the image', (_, options) => {
    const different = changed(options).filter(values => values.join() !== image.join());
    expect(different.length).toBeGreaterThan(45);
  });

  test('leaves alone what has no probability', () => {
    const options = { rotation: 30, rotationProbability: 0, erase: 2, eraseProbability: 0 };
    for (const values of changed(options)) expect(values).toEqual([...image]);
  });

  test('keeps every value between 0 and 1', () => {
    const all = changed(
      { shift: 2, rotation: 180, scale: 0.9, squeeze: 0.9, shear: 1, erase: 1 },
      2000,
    ).flat();
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeLessThanOrEqual(1);
  });

  test.each<[AugmentationOptions, string]>([
    [{ rotation: 181 }, 'expected "rotation" to be from 0 to 180, found 181'],
    [{ rotation: -1 }, 'expected "rotation" to be from 0 to 180, found -1'],
    [{ scale: 1 }, 'expected "scale" to be from 0 to 0.9, found 1'],
    [{ squeeze: Number.NaN }, 'expected "squeeze" to be from 0 to 0.9, found NaN'],
    [{ shear: 2 }, 'expected "shear" to be from 0 to 1, found 2'],
    [{ rotationProbability: 1.1 }, 'expected "rotationProbability" to be from 0 to 1, found 1.1'],
    [{ eraseProbability: -0.1 }, 'expected "eraseProbability" to be from 0 to 1, found -0.1'],
    [{ erase: 6 }, 'expected a square to erase of 0 to the 6x5 pixels of an image, found 6'],
    [{ erase: 1.5 }, 'found 1.5'],
  ])('refuses %o', (options, message) => {
    expect(() => randomAugmentation(options, size)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(message) }),
    );
  });
});
