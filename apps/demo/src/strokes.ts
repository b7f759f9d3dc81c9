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

/** The box around points, of which there is at least one. */
export function extentOf(points: readonly Point[]) {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}
