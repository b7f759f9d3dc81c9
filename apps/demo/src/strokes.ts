/** A point of the drawing pad, in its sides: 0..1 to the right and down. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What a pen draws from where it touches the paper to where it leaves it. */
export type Stroke = readonly Point[];
