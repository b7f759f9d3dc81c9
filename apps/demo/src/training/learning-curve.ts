/** What was measured at a step. */
export interface Measurement {
  readonly step: number;
  readonly loss: number;
  /** 0..1 */
  readonly accuracy: number;
}

/** A training so far. */
export interface LearningCurve {
  /** Of each batch, as a mean that follows the last ten or so. */
  readonly batches: readonly Measurement[];
  /** On the images that are held back. */
  readonly heldBack: readonly Measurement[];
}

export const noCurve: LearningCurve = { batches: [], heldBack: [] };

/** Adds what a batch gave. */
export function withBatch(curve: LearningCurve, { step, loss, accuracy }: Measurement): LearningCurve {
  const { batches } = curve;
  const before = batches.at(-1);
  const weight = 1 / Math.min(batches.length + 1, 10);
  const mean = before
    ? {
        step,
        loss: before.loss + weight * (loss - before.loss),
        accuracy: before.accuracy + weight * (accuracy - before.accuracy),
      }
    : { step, loss, accuracy };
  return { ...curve, batches: [...batches, mean] };
}

/** Adds what the images gave that are held back. */
export function withHeldBack(curve: LearningCurve, { step, loss, accuracy }: Measurement): LearningCurve {
  return { ...curve, heldBack: [...curve.heldBack, { step, loss, accuracy }] };
}

/** The curve up to a step, from which the training goes on. */
export function upTo(curve: LearningCurve, step: number): LearningCurve {
  const isBefore = (measurement: Measurement) => measurement.step <= step;
  return { batches: curve.batches.filter(isBefore), heldBack: curve.heldBack.filter(isBefore) };
}
