/** The epoch of a step. Both count from 1; before its first step a run is in its first epoch. */
export function epochOf(step: number, batchesPerEpoch: number): number {
  return Math.max(1, Math.ceil(step / batchesPerEpoch));
}

/** The batch of a step within its epoch, from 1. */
export function batchOf(step: number, batchesPerEpoch: number): number {
  return ((step - 1) % batchesPerEpoch) + 1;
}

/** Whether one of `count` points, spread evenly over an epoch with the last one at its end, falls on this step. */
export function isSpread(step: number, count: number, batchesPerEpoch: number): boolean {
  const batch = batchOf(step, batchesPerEpoch);
  const pointsUpTo = (batch: number) => Math.floor((batch * count) / batchesPerEpoch);
  return pointsUpTo(batch) > pointsUpTo(batch - 1);
}
