import type { Draw } from './draw';
import type { Point, Stroke } from './hands';

/** A sheet of ink: how much of each pixel a pen has covered, [height, width] in 0..1. */
export interface Ink {
  readonly width: number;
  readonly height: number;
  readonly covered: Float32Array;
}

export function blankSheet(width: number, height: number): Ink {
  return { width, height, covered: new Float32Array(width * height) };
}

/** Where a pen is along a curve through all points (Catmull-Rom); a point that stands twice is a corner. */
export function curve(stroke: Stroke, steps = 14): Point[] {
  const at = (index: number) => stroke[Math.min(stroke.length - 1, Math.max(0, index))]!;
  const path: Point[] = [];
  for (let i = 0; i + 1 < stroke.length; i++) {
    const [p, q, r, s] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    for (let step = 0; step < steps; step++) {
      const t = step / steps;
      const value = (axis: 0 | 1) =>
        0.5 *
        (2 * q[axis] +
          (r[axis] - p[axis]) * t +
          (2 * p[axis] - 5 * q[axis] + 4 * r[axis] - s[axis]) * t ** 2 +
          (3 * q[axis] - p[axis] - 3 * r[axis] + s[axis]) * t ** 3);
      path.push([value(0), value(1)]);
    }
  }
  return [...path, stroke.at(-1)!];
}

/** Draws a path with a round pen, whose pressure varies slowly. */
export function draw(sheet: Ink, path: readonly Point[], width: number, random: Draw): void {
  const [waves, phase, varies] = [random.between(0.5, 2), random.between(0, 6), random.between(0, 0.2)];
  for (const [i, to] of path.entries()) {
    const from = path[Math.max(0, i - 1)]!;
    const pressure = 1 + varies * Math.sin(phase + (waves * 6 * i) / path.length);
    segment(sheet, from, to, (width * pressure) / 2);
  }
}

function segment({ width, height, covered }: Ink, from: Point, to: Point, radius: number): void {
  const reach = radius + 1;
  const range = (axis: 0 | 1, side: number) => [
    Math.max(0, Math.floor(Math.min(from[axis], to[axis]) - reach)),
    Math.min(side - 1, Math.ceil(Math.max(from[axis], to[axis]) + reach)),
  ];
  const [left, right] = range(0, width) as [number, number];
  const [top, bottom] = range(1, height) as [number, number];
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const squared = dx * dx + dy * dy;
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const [px, py] = [x + 0.5 - from[0], y + 0.5 - from[1]];
      const along = squared === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / squared));
      const distance = Math.hypot(px - along * dx, py - along * dy);
      const at = y * width + x;
      covered[at] = Math.max(covered[at]!, Math.min(1, Math.max(0, radius + 0.5 - distance)));
    }
  }
}
