import type { Histogram } from './event';

/**
 * Counts values in equal intervals between the smallest and the largest, as TensorBoard shows them. What is not finite is not
 * counted.
 *
 * @returns undefined where there is nothing to count
 */
export function histogramOf(values: ArrayLike<number>, buckets = 30): Histogram | undefined {
  let [min, max, count, sum, sumOfSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    count++;
    sum += value;
    sumOfSquares += value * value;
  }
  if (count === 0) return undefined;
  const some = { min, max, count, sum, sumOfSquares };
  if (min === max) return { ...some, edges: [max], counts: [count] };
  const width = (max - min) / buckets;
  const counts = new Array<number>(buckets).fill(0);
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (Number.isFinite(value)) counts[Math.min(buckets - 1, Math.floor((value - min) / width))]!++;
  }
  return {
    ...some,
    edges: counts.map((_, at) => (at === buckets - 1 ? max : min + (at + 1) * width)),
    counts,
  };
}
