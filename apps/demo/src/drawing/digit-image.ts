import { ink, thickness } from './ink';
import { fit, type Point, type Stroke } from './strokes';

/** Side of an MNIST image. */
export const imageSide = 28;

/** MNIST fits a digit into a box of this side before it centres it. */
const boxSide = 20;

/**
 * A drawing as MNIST has its digits: scaled to fit a box of 20x20 pixels, its proportions kept and its edges soft, and
 * moved so that its centre of mass is the centre of 28x28 pixels.
 *
 * @returns [28, 28] in 0..1, ink being 1; null for a drawing without a point
 */
export function digitImage(strokes: readonly Stroke[]): Float32Array | null {
  if (strokes.flat().length === 0) return null;
  const place = (x: number, y: number) =>
    fit(strokes, boxSide - thickness, { x: imageSide / 2 + x, y: imageSide / 2 + y });
  const mass = centreOfMass(ink(place(0, 0), imageSide));
  return ink(place(imageSide / 2 - mass.x, imageSide / 2 - mass.y), imageSide);
}

function centreOfMass(image: Float32Array): Point {
  let [mass, x, y] = [0, 0, 0];
  image.forEach((value, index) => {
    mass += value;
    x += value * ((index % imageSide) + 0.5);
    y += value * (Math.floor(index / imageSide) + 0.5);
  });
  return { x: x / mass, y: y / mass };
}
