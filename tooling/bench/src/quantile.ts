/**
 * The value below which a share of the values lies, between two values on the line through them.
 *
 * @param share 0.5 for the median, 0.95 for what all but 5 % stay below
 * @throws for an empty list, which has none
 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error('quantile: expected at least one value, found none');
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)]!;
  const above = sorted[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
