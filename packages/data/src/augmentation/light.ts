import { uniform } from '../random/random';
import type { InPlace } from './augmentation';

/**
 * Changes contrast, about the mean of an image, and then brightness, of all its values alike; what leaves 0..1 is cut off.
 *
 * @param brightness the largest sum, either way
 * @param contrast factors are from 1 - contrast to 1 + contrast
 */
export function randomLight(brightness: number, contrast: number): InPlace {
  return (image, _, random) => {
    const factor = uniform(random, 1 - contrast, 1 + contrast);
    const sum = uniform(random, -brightness, brightness);
    const mean = image.reduce((total, value) => total + value, 0) / image.length;
    for (let at = 0; at < image.length; at++)
      image[at] = Math.min(1, Math.max(0, mean + factor * (image[at]! - mean) + sum));
  };
}
