import { chance, uniformInt } from '../random/random';
import type { InPlace } from './augmentation';

/** Sets a square of side x side pixels to 0, with a probability. It lies anywhere in the image, all places being equally likely. */
export function randomErase(side: number, probability: number): InPlace {
  return (image, { height, width, channels }, random) => {
    if (!chance(random, probability)) return;
    const top = uniformInt(random, 0, height - side);
    const left = uniformInt(random, 0, width - side);
    for (let row = top; row < top + side; row++) {
      const start = (row * width + left) * channels;
      image.fill(0, start, start + side * channels);
    }
  };
}
