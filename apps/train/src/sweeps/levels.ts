import { UsageError } from '../terminal/errors';
import type { Described } from './sweep';

/** What a budget becomes for one configuration, of which batches and validations may have a size of their own. */
interface Epoch {
  readonly batchesPerEpoch: number;
  readonly batchSize: number;
  readonly validationsPerEpoch: number;
}

/** The levels that a training climbs: the rungs, and its end. */
export function levelsOf({ asha }: Described): number {
  return (asha?.rungs.length ?? 0) + 1;
}

/** A rung as people call it: `3 epochs`; undefined for the end. */
export function rungText({ asha, budget }: Described, level: number): string | undefined {
  const rung = asha?.rungs[level];
  if (rung === undefined) return undefined;
  const unit = budget.epochs === undefined ? 'images' : rung === 1 ? 'epoch' : 'epochs';
  return `${rung.toLocaleString('en')} ${unit}`;
}

/** The epochs of a whole training: images are rounded up. */
export function epochsOf({ budget }: Described, { batchesPerEpoch, batchSize }: Epoch): number {
  return budget.epochs ?? Math.ceil(budget.images! / (batchesPerEpoch * batchSize));
}

/**
 * The step after which a training comes to each rung: that of the first validation at or after it, where what it has come to is
 * known.
 *
 * @throws UsageError when two rungs are one step
 */
export function rungSteps(described: Described, epoch: Epoch): number[] {
  const { asha, budget } = described;
  const { batchesPerEpoch, batchSize } = epoch;
  const all = epochsOf(described, epoch) * batchesPerEpoch;
  const steps = (asha?.rungs ?? []).map(rung =>
    nextValidation(budget.epochs === undefined ? rung / batchSize : rung * batchesPerEpoch, epoch),
  );
  const same = [...steps, all].findIndex((step, index, list) => index > 0 && step <= list[index - 1]!);
  if (same >= 0) {
    const [before, now] = [rungText(described, same - 1), rungText(described, same) ?? 'the end'];
    throw new UsageError(
      `asha.rungs: expected a validation between ${before} and ${now}, found none: ` +
        `raise training.validationsPerEpoch (${epoch.validationsPerEpoch}), or take fewer rungs`,
    );
  }
  return steps;
}

/** Validations are spread over an epoch as the trainer has them. */
function nextValidation(step: number, { batchesPerEpoch, validationsPerEpoch }: Epoch): number {
  // 0.1 x 30 is a little more than 3.
  const whole = Math.ceil(step - 1e-9);
  const epoch = Math.floor((whole - 1) / batchesPerEpoch);
  const batch = whole - epoch * batchesPerEpoch;
  const validation = Math.floor(((batch - 1) * validationsPerEpoch) / batchesPerEpoch) + 1;
  return epoch * batchesPerEpoch + Math.ceil((validation * batchesPerEpoch) / validationsPerEpoch);
}
