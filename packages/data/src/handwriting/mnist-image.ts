import { boxAround, type GrayImage } from './gray-image';

/** Side of an image of MNIST. */
export const mnistSide = 28;

/** MNIST fits a digit into a box of this side before it centres it. */
const boxSide = 20;

/** Where MNIST has the centre of mass: in the middle of its pixel 14, half a pixel right of and below the middle of the image. */
const centre = 14.5;

export interface MnistImageOptions {
  /** Ink whose longer side is less, in pixels, is not enlarged to fill the box: a dot stays a dot. Default 1. */
  readonly least?: number | undefined;
}

/**
 * Ink as MNIST has its digits: cropped, scaled to a box of 20x20 pixels with its proportions kept, its edges soft, and moved so that
 * its centre of mass is where that of MNIST's digits is in 28x28 pixels (LeCun, Cortes and Burges, The MNIST database of handwritten digits).
 *
 * @param ink 0..1, 1 being ink and 0 paper
 * @returns [28, 28] in 0..1; null where there is no ink
 */
export function mnistImage(ink: GrayImage, { least = 1 }: MnistImageOptions = {}): Float32Array | null {
  const box = boxAround(ink);
  if (!box) return null;
  const { left, top, right, bottom } = box;
  let [mass, massX, massY] = [0, 0, 0];
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const value = ink.data[y * ink.width + x]!;
      mass += value;
      massX += value * (x + 0.5);
      massY += value * (y + 0.5);
    }
  }
  // How many pixels of ink are one of the image, along either side.
  const step = Math.max(right - left, bottom - top, least) / boxSide;
  const across = places(massX / mass, step, ink.width);
  const down = places(massY / mass, step, ink.height);
  const image = new Float32Array(mnistSide * mnistSide);
  for (const [row, rows] of down.entries()) {
    for (const [column, columns] of across.entries()) {
      let sum = 0;
      for (const [y, height] of rows)
        for (const [x, width] of columns) sum += height * width * ink.data[y * ink.width + x]!;
      image[row * mnistSide + column] = Math.min(1, sum / (step * step));
    }
  }
  return image;
}

/** For each place of an axis of the image, the pixels of ink that it covers, and how much of each. */
function places(mass: number, step: number, length: number): (readonly [pixel: number, share: number])[][] {
  return Array.from({ length: mnistSide }, (_, i) => {
    const from = mass + (i - centre) * step;
    const pixels: [number, number][] = [];
    for (let at = Math.max(0, Math.floor(from)); at < Math.min(length, from + step); at++)
      pixels.push([at, Math.min(at + 1, from + step) - Math.max(at, from)]);
    return pixels;
  });
}
