import type { Point, Stroke } from './strokes';

/** Side of an MNIST image. */
export const imageSide = 28;

/** MNIST fits a digit into a box of this side before it centres it. */
const boxSide = 20;

/** Of a pen on MNIST's scale: the digits of MNIST are two to three pixels thick. */
const thickness = 2.4;

/**
 * A drawing as MNIST has its digits: scaled to fit a box of 20x20 pixels, its proportions kept and its edges soft, and
 * moved so that its centre of mass is the centre of 28x28 pixels.
 *
 * @returns [28, 28] in 0..1, ink being 1; null for a drawing without a point
 */
export function digitImage(strokes: readonly Stroke[]): Float32Array | null {
  const points = strokes.flat();
  if (points.length === 0) return null;
  const [left, right] = extent(points.map(({ x }) => x));
  const [top, bottom] = extent(points.map(({ y }) => y));
  // A dot stays a dot: whatever is smaller than an eighth of the pad is not magnified to fill the box.
  const scale = (boxSide - thickness) / Math.max(right - left, bottom - top, 1 / 8);
  const place = (x: number, y: number) =>
    strokes.map(stroke =>
      stroke.map(point => ({
        x: imageSide / 2 + x + (point.x - (left + right) / 2) * scale,
        y: imageSide / 2 + y + (point.y - (top + bottom) / 2) * scale,
      })),
    );
  const mass = centreOfMass(ink(place(0, 0)));
  return ink(place(imageSide / 2 - mass.x, imageSide / 2 - mass.y));
}

function extent(values: readonly number[]): [smallest: number, largest: number] {
  return [Math.min(...values), Math.max(...values)];
}

/** How much of each pixel a round pen covers, about. */
function ink(strokes: readonly Stroke[]): Float32Array {
  const image = new Float32Array(imageSide * imageSide);
  const reach = thickness / 2 + 1;
  for (const stroke of strokes) {
    stroke.forEach((to, index) => {
      const from = stroke[Math.max(0, index - 1)]!;
      const columns = pixelsAround(from.x, to.x, reach);
      const rows = pixelsAround(from.y, to.y, reach);
      for (let row = rows.first; row < rows.end; row++) {
        for (let column = columns.first; column < columns.end; column++) {
          const distance = distanceToSegment({ x: column + 0.5, y: row + 0.5 }, from, to);
          const covered = Math.min(1, Math.max(0, thickness / 2 + 0.5 - distance));
          const at = row * imageSide + column;
          image[at] = Math.max(image[at]!, covered);
        }
      }
    });
  }
  return image;
}

function pixelsAround(from: number, to: number, reach: number) {
  return {
    first: Math.max(0, Math.floor(Math.min(from, to) - reach)),
    end: Math.min(imageSide, Math.ceil(Math.max(from, to) + reach)),
  };
}

function distanceToSegment(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const squared = dx * dx + dy * dy;
  const along = squared === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / squared;
  const nearest = Math.min(1, Math.max(0, along));
  return Math.hypot(point.x - from.x - nearest * dx, point.y - from.y - nearest * dy);
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
