/** What was measured at a step. */
export interface Measurement {
  /** Counts from 1. */
  readonly step: number;
  readonly loss: number;
  /** 0..1 */
  readonly accuracy: number;
}

/** A training so far, in as many points as a chart can show, however long it takes. */
export interface LearningCurve {
  /** Of the steps that are multiples of `every`, the mean that follows the last ten batches or so. */
  readonly training: readonly Measurement[];
  /** 1, and doubled whenever there would be more than `mostPoints` points. */
  readonly every: number;
  /** The mean after the newest step; null before the first. */
  readonly newest: Measurement | null;
  /** On the validation split. */
  readonly validation: readonly Measurement[];
}

export const mostPoints = 500;

export const noCurve: LearningCurve = { training: [], every: 1, newest: null, validation: [] };

/** Adds the metrics of a batch. */
export function withBatch(curve: LearningCurve, { step, loss, accuracy }: Measurement): LearningCurve {
  const before = curve.newest ?? { loss, accuracy };
  const weight = 1 / Math.min(step, 10);
  const newest = {
    step,
    loss: before.loss + weight * (loss - before.loss),
    accuracy: before.accuracy + weight * (accuracy - before.accuracy),
  };
  if (step % curve.every !== 0) return { ...curve, newest };
  return thinned({ ...curve, newest, training: [...curve.training, newest] });
}

/** Adds the metrics of a validation. */
export function withValidation(curve: LearningCurve, { step, loss, accuracy }: Measurement): LearningCurve {
  return { ...curve, validation: [...curve.validation, { step, loss, accuracy }] };
}

/** The curve up to a step, from which the training goes on. */
export function upTo(curve: LearningCurve, step: number): LearningCurve {
  const isBefore = (measurement: Measurement) => measurement.step <= step;
  const training = curve.training.filter(isBefore);
  const newest = curve.newest && isBefore(curve.newest) ? curve.newest : (training.at(-1) ?? null);
  return { ...curve, training, newest, validation: curve.validation.filter(isBefore) };
}

/** Every second point is left out until there are few enough. */
export function thinned(curve: LearningCurve): LearningCurve {
  let { training, every } = curve;
  while (training.length > mostPoints) {
    every *= 2;
    training = training.filter(({ step }) => step % every === 0);
  }
  return { ...curve, training, every };
}
