import { PNG } from 'pngjs';
import type { Image } from './image';

export type Colour = readonly [red: number, green: number, blue: number];

/** An image as a PNG, pixel for pixel; of other than three channels the first one, in gray. */
export function encodePng(image: Image): Buffer {
  const { height, width } = image;
  const picture = new PNG({ width, height, colorType: 2 });
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) picture.data.set([...colourAt(image, y, x), 255], 4 * (y * width + x));
  }
  return PNG.sync.write(picture, { colorType: 2 });
}

/** The colour of a pixel; what lies outside of 0..1 is cut off. */
export function colourAt({ width, channels, pixels }: Image, y: number, x: number): Colour {
  const at = (y * width + x) * channels;
  const byte = (channel: number) => Math.round(255 * Math.min(1, Math.max(0, pixels[at + channel]!)));
  return channels === 3 ? [byte(0), byte(1), byte(2)] : [byte(0), byte(0), byte(0)];
}
