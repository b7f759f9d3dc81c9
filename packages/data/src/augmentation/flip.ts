import { chance } from '../random/random';
import type { InPlace } from './augmentation';

/** Mirrors an image, left for right, with a probability. */
export function randomFlip(probability: number): InPlace {
  return (image, { height, width, channels }, random) => {
    if (!chance(random, probability)) return;
    for (let row = 0; row < height; row++) {
      for (let left = 0, right = width - 1; left < right; left++, right--) {
        for (let c = 0; c < channels; c++) {
          const [at, other] = [(row * width + left) * channels + c, (row * width + right) * channels + c];
          const value = image[at]!;
          image[at] = image[other]!;
          image[other] = value;
        }
      }
    }
  };
}
