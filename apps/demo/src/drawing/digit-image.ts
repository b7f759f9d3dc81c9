import { mnistImage, mnistSide } from '@capsnet/data';
import { ink, thickness } from './ink';
import { fit, type Stroke } from './strokes';

/** MNIST fits a digit into a box of this side. */
const boxSide = 20;

/** How many times the pixels of the image the drawing has, along either side. */
const fineness = 4;

/**
 * A drawing as MNIST has its digits, by a pen of the width of theirs (`mnistImage`).
 *
 * @returns [28, 28] in 0..1, ink being 1; null for a drawing without a point
 */
export function digitImage(strokes: readonly Stroke[]): Float32Array | null {
  if (strokes.flat().length === 0) return null;
  const side = fineness * mnistSide;
  const placed = fit(strokes, fineness * (boxSide - thickness), { x: side / 2, y: side / 2 });
  const data = ink(placed, side, fineness * thickness);
  // A dot stays a dot.
  return mnistImage({ data, width: side, height: side }, { least: fineness * boxSide });
}
