import { DamagedCheckpoint } from '../checkpoints/checkpoint';
import type { Json } from './interfaces';

/** What a checkpoint's JSON says of a run. */
export type RunState = {
  /** Steps done. */
  step: number;
  /** Whether what follows the step (validation, end of an epoch) has been done: not so if it was aborted. */
  settled: boolean;
  batchesPerEpoch: number;
  /** State of the training data, as of the batches that were used. */
  source: Json;
  /** The lowest validation loss so far. */
  best: { step: number; loss: number } | null;
  /** Validations since then. */
  withoutImprovement: number;
  /** What the current epoch's averages are made of. */
  epoch: { examples: number; sums: Record<string, number> };
  /** What the application wrote about itself. */
  owner: Json;
};

/** @throws {@link DamagedCheckpoint} unless it is one */
export function readRunState(state: { readonly [key: string]: Json }): RunState {
  const { step, settled, batchesPerEpoch, source, best, withoutImprovement, epoch, owner } = state;
  const good =
    isCount(step) &&
    typeof settled === 'boolean' &&
    isCount(batchesPerEpoch) &&
    source !== undefined &&
    (best === null || (isRecord(best) && isCount(best.step) && Number.isFinite(best.loss))) &&
    isCount(withoutImprovement) &&
    isRecord(epoch) &&
    isCount(epoch.examples) &&
    isRecord(epoch.sums) &&
    Object.values(epoch.sums).every(Number.isFinite) &&
    owner !== undefined;
  if (!good) {
    const found = JSON.stringify(state).slice(0, 200);
    throw new DamagedCheckpoint(`expected the state of a training run, found ${found}`);
  }
  // By name: what else stands in a file has no business here.
  const known = { step, settled, batchesPerEpoch, source, best, withoutImprovement, epoch, owner };
  return structuredClone(known) as RunState;
}

function isCount(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
