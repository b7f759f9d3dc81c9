import { DamagedCheckpoint } from '../checkpoints/checkpoint';
import type { BatchSource, Json, Metrics } from '../interfaces';

/** What a checkpoint's JSON says about a run. */
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
  /** What the application wrote about itself. Earlier versions called it `owner`. */
  fingerprint: Json;
};

/** The state of a run that has not begun. */
export function newRunState(
  source: Pick<BatchSource<never>, 'batchesPerEpoch' | 'state'>,
  fingerprint: Json = null,
): RunState {
  return {
    step: 0,
    settled: true,
    batchesPerEpoch: source.batchesPerEpoch,
    source: source.state(),
    best: null,
    withoutImprovement: 0,
    epoch: newEpoch(),
    // As it would be read again: without what JSON has no words for.
    fingerprint: JSON.parse(JSON.stringify(fingerprint)),
  };
}

export function newEpoch(): RunState['epoch'] {
  return { examples: 0, sums: {} };
}

/** Adds what another worker has summed up. */
export function mergeEpochs(epoch: RunState['epoch'], other: RunState['epoch']): void {
  epoch.examples += other.examples;
  for (const [name, sum] of Object.entries(other.sums)) epoch.sums[name] = (epoch.sums[name] ?? 0) + sum;
}

/** Adds a step's metrics, which are means over its examples, to those of the epoch. */
export function addToEpoch(epoch: RunState['epoch'], metrics: Metrics, examples: number): void {
  epoch.examples += examples;
  for (const [name, value] of Object.entries(metrics)) {
    epoch.sums[name] = (epoch.sums[name] ?? 0) + value * examples;
  }
}

/** Means over the examples of the epoch so far. */
export function averagesOf({ examples, sums }: RunState['epoch']): Metrics {
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / examples]));
}

/** @throws {@link DamagedCheckpoint} unless it is one */
export function readRunState(state: { readonly [key: string]: Json }): RunState {
  const { step, settled, batchesPerEpoch, source, best, withoutImprovement, epoch } = state;
  const { fingerprint = state.owner } = state;
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
    fingerprint !== undefined;
  if (!good) {
    const found = JSON.stringify(state).slice(0, 200);
    throw new DamagedCheckpoint(`expected the state of a training run, found ${found}`);
  }
  // By name: what else stands in a file has no business here.
  const known = { step, settled, batchesPerEpoch, source, best, withoutImprovement, epoch, fingerprint };
  return structuredClone(known) as RunState;
}

function isCount(value: Json | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
