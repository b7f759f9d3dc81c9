import { type Curve, drawCurves, type Point } from './curves';
import { palette } from './svg';

/** What was measured after a step: by a training step itself, or by an evaluation. */
export interface Measured {
  readonly split: 'train' | 'validation' | 'test';
  readonly step: number;
  readonly loss: number;
  readonly accuracy: number;
}

/** At most this many points of the training curve: each is the mean over an equal number of steps. */
const trainingPoints = 60;

/**
 * An SVG picture of the loss and of the error over the epochs: training as it went (means over equal stretches of
 * steps, on augmented images) and validation after each evaluation.
 */
export function drawLearningCurves(
  name: string,
  measurements: readonly Measured[],
  stepsPerEpoch: number,
): string {
  const { training, validation } = pointsOf(measurements, stepsPerEpoch);
  const curves: Curve[] = [{ name: 'training', colour: palette.training, points: training }];
  if (validation.length > 0)
    curves.push({ name: 'validation', colour: palette.validation, points: validation, dots: true });
  return drawCurves(
    { title: `Learning curves of ${name}`, subtitle: subtitleOf(validation) },
    curves,
    (measurements.at(-1)?.step ?? stepsPerEpoch) / stepsPerEpoch,
  );
}

/** What was measured, over the epochs. */
export function pointsOf(
  measurements: readonly Measured[],
  stepsPerEpoch: number,
): { readonly training: readonly Point[]; readonly validation: readonly Point[] } {
  const steps = measurements.filter(({ split }) => split === 'train');
  const evaluations = measurements.filter(({ split }) => split === 'validation');
  const pointOf = ({ step, loss, accuracy }: Omit<Measured, 'split'>): Point => ({
    epoch: step / stepsPerEpoch,
    loss,
    error: 100 * (1 - accuracy),
  });
  return {
    training: stretches(steps, Math.ceil(steps.length / trainingPoints)).map(stretch =>
      pointOf({
        step: mean(stretch, 'step'),
        loss: mean(stretch, 'loss'),
        accuracy: mean(stretch, 'accuracy'),
      }),
    ),
    validation: evaluations.map(pointOf),
  };
}

function subtitleOf(validation: readonly Point[]): string {
  const last = validation.at(-1);
  if (!last) return 'no validation';
  const best = validation.reduce((best, next) => (next.loss < best.loss ? next : best));
  return (
    `best validation loss ${best.loss.toFixed(4)} at epoch ${best.epoch.toFixed(1)}, ` +
    `last validation error ${last.error.toFixed(2)}%`
  );
}

function stretches<T>(items: readonly T[], length: number): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += length) result.push(items.slice(start, start + length));
  return result;
}

function mean(stretch: readonly Measured[], field: 'step' | 'loss' | 'accuracy'): number {
  return stretch.reduce((sum, measured) => sum + measured[field], 0) / stretch.length;
}
