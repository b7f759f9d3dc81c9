import type { ImageSize } from '../sets/image-set';

/**
 * Whether the edge of an image is bright on average, which the paper of a digit of MNIST is not: most likely dark ink on white,
 * to be inverted.
 *
 * @param image [height, width, channels] in 0..1
 */
export function hasBrightBorder(image: Float32Array, size: ImageSize): boolean {
  return borderBrightness(image, size) > 0.5;
}

/** The mean of the values at the edge of an image [height, width, channels]. */
export function borderBrightness(image: Float32Array, { height, width, channels }: ImageSize): number {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (row > 0 && row < height - 1 && column > 0 && column < width - 1) continue;
      for (let channel = 0; channel < channels; channel++, count++) {
        sum += image[(row * width + column) * channels + channel]!;
      }
    }
  }
  return sum / count;
}
