/** Where the values of an axis lie in a picture, and which of them are labelled. */
export interface Axis {
  /** The place of a value in pixels. */
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** From 0 to `max`, from `start` to `end` in pixels. */
export function linearAxis(max: number, start: number, end: number): Axis {
  return {
    at: value => start + (value / max) * (end - start),
    ticks: roundNumbers(0, max, 8),
  };
}

/**
 * The logarithms of values above 0, from `start` to `end` in pixels. What is not above 0 has none, and lies a little below
 * the smallest that is.
 */
export function logarithmicAxis(values: readonly number[], start: number, end: number): Axis {
  const positive = values.filter(value => value > 0);
  const smallest = Math.min(...positive);
  const floor = positive.length === values.length ? smallest : smallest / 1.5;
  const largest = Math.max(...positive);
  // Of one value alone there is no range.
  const [min, max] =
    positive.length === 0 ? [0.1, 1] : floor < largest ? [floor, largest] : [floor / 2, floor * 2];
  const at = (value: number) =>
    start + (Math.log(Math.max(value, min) / min) / Math.log(max / min)) * (end - start);
  return { at, ticks: logarithmicTicks(min, max) };
}

function logarithmicTicks(min: number, max: number): number[] {
  if (max / min < 4) return roundNumbers(min, max, 5);
  const decades = Math.log10(max / min);
  const digits = decades < 1.2 ? [1, 2, 3, 4, 5, 7] : decades < 3 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(min)); 10 ** power <= max; power++) {
    ticks.push(...digits.map(digit => Number(`${digit}e${power}`)));
  }
  // 100 x (1 - 0.98) is a little more than 2.
  return ticks.filter(tick => tick > min * (1 - 1e-9) && tick < max * (1 + 1e-9));
}

/** Multiples of 1, 2 or 5 times a power of ten in the range: about `count`, and never more. */
function roundNumbers(min: number, max: number, count: number): number[] {
  const least = (max - min) / count;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map(digit => digit * power).find(step => step >= least * 0.999)!;
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  // Not the sums: .1 + .2 is no round number.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
