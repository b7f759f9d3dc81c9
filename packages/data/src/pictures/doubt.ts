import type { ImageSize } from '../sets/image-set';
import { borderBrightness } from './bright-border';

/**
 * Why an image may not be what a network for bright ink on black has learnt to read: `no-contrast` is an empty picture, or ink
 * of the paper's colour; `low-contrast` a pencil, or a photograph in poor light; `bright-border` most likely dark ink on
 * paper, white or gray, to be inverted.
 */
export type Doubt = 'no-contrast' | 'low-contrast' | 'bright-border';

/** Of MNIST's images, black at the edge, the palest one has a contrast of more than twice as much. */
const [leastContrast, brightestBorder] = [0.4, 0.25];

/**
 * @param image [height, width, channels] in 0..1
 * @returns undefined for an image about which there is none
 */
export function doubtAbout(image: Float32Array, size: ImageSize): Doubt | undefined {
  let [darkest, brightest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of image) {
    darkest = Math.min(darkest, value);
    brightest = Math.max(brightest, value);
  }
  const contrast = brightest - darkest;
  if (contrast < 1 / 255) return 'no-contrast';
  if (borderBrightness(image, size) > brightestBorder) return 'bright-border';
  return contrast < leastContrast ? 'low-contrast' : undefined;
}
