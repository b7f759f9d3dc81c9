import type { Point, Stroke } from './strokes';

/** Of a pen on MNIST's scale: the digits of MNIST are two to three pixels thick. */
export const thickness = 2.4;

/**
 * How much of each pixel a round pen covers, about.
 *
 * @param strokes points in pixels
 * @param width of the pen, by default that of MNIST
 * @returns [side, side] in 0..1
 */
export function ink(strokes: readonly Stroke[], side: number, width = thickness): Float32Array {
  const image = new Float32Array(side * side);
  const reach = width / 2 + 1;
  for (const stroke of strokes) {
    stroke.forEach((to, index) => {
      const from = stroke[Math.max(0, index - 1)]!;
      const columns = pixelsAround(from.x, to.x, reach, side);
      const rows = pixelsAround(from.y, to.y, reach, side);
      for (let row = rows.first; row < rows.end; row++) {
        for (let column = columns.first; column < columns.end; column++) {
          const distance = distanceToSegment({ x: column + 0.5, y: row + 0.5 }, from, to);
          const covered = Math.min(1, Math.max(0, width / 2 + 0.5 - distance));
          const at = row * side + column;
          image[at] = Math.max(image[at]!, covered);
        }
      }
    });
  }
  return image;
}

function pixelsAround(from: number, to: number, reach: number, side: number) {
  return {
    first: Math.max(0, Math.floor(Math.min(from, to) - reach)),
    end: Math.min(side, Math.ceil(Math.max(from, to) + reach)),
  };
}

function distanceToSegment(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const squared = dx * dx + dy * dy;
  const along = squared === 0 ? 0 : ((point.x - from.x) * dx + (point.y - from.y) * dy) / squared;
  const nearest = Math.min(1, Math.max(0, along));
  return Math.hypot(point.x - from.x - nearest * dx, point.y - from.y - nearest * dy);
}
