/** A point of the drawing pad, in its sides: 0..1 to the right and down. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What a pen draws from where it touches the paper to where it leaves it. */
export type Stroke = readonly Point[];

/** What is on a drawing pad. */
export interface Drawing {
  readonly from: 'pad';
  readonly strokes: readonly Stroke[];
}

/**
 * Strokes of the pad, of which there is at least one point, scaled so that the longer side of the box around them is `size`,
 * and moved so that the centre of that box is `centre`.
 */
export function fit(strokes: readonly Stroke[], size: number, centre: Point): Stroke[] {
  const points = strokes.flat();
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  // A dot stays a dot: whatever is smaller than an eighth of the pad is not magnified to fill the box.
  const scale = size / Math.max(right - left, bottom - top, 1 / 8);
  return strokes.map(stroke =>
    stroke.map(({ x, y }) => ({
      x: centre.x + (x - (left + right) / 2) * scale,
      y: centre.y + (y - (top + bottom) / 2) * scale,
    })),
  );
}
