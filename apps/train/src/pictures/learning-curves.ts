import { type Axis, linearAxis, logarithmicAxis } from './axis';
import { element, headingHeight, margin, palette, picture, text, tooltip } from './svg';

/** What was measured after a step: by a training step itself, or by an evaluation. */
export interface Measured {
  readonly split: 'train' | 'validation' | 'test';
  readonly step: number;
  readonly loss: number;
  readonly accuracy: number;
}

/** At most this many points of the training curve: each is the mean over an equal number of steps. */
const trainingPoints = 60;

interface Point {
  readonly epoch: number;
  readonly loss: number;
  /** Percent. */
  readonly error: number;
}

interface Curves {
  readonly training: readonly Point[];
  readonly validation: readonly Point[];
}

/**
 * An SVG picture of the loss and of the error over the epochs: training as it went (means over equal stretches of
 * steps, on augmented images) and validation after each evaluation.
 */
export function drawLearningCurves(
  name: string,
  measurements: readonly Measured[],
  stepsPerEpoch: number,
): string {
  const steps = measurements.filter(({ split }) => split === 'train');
  const evaluations = measurements.filter(({ split }) => split === 'validation');
  const pointOf = ({ step, loss, accuracy }: Omit<Measured, 'split'>): Point => ({
    epoch: step / stepsPerEpoch,
    loss,
    error: 100 * (1 - accuracy),
  });
  const curves = {
    training: stretches(steps, Math.ceil(steps.length / trainingPoints)).map(stretch =>
      pointOf({
        step: mean(stretch, 'step'),
        loss: mean(stretch, 'loss'),
        accuracy: mean(stretch, 'accuracy'),
      }),
    ),
    validation: evaluations.map(pointOf),
  };
  const epochs = (measurements.at(-1)?.step ?? stepsPerEpoch) / stepsPerEpoch;
  return picture(
    {
      title: `Learning curves of ${name}`,
      subtitle: subtitleOf(curves.validation),
      width: 2 * (margin + panelWidth) + panelGap,
      height: headingHeight + panelHeight + margin,
    },
    ...[
      { field: 'loss', unit: '', left: margin },
      { field: 'error', unit: '%', left: margin + panelWidth + panelGap },
    ].map(panel => drawPanel(curves, epochs, panel as Panel)),
  );
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

const panelWidth = 440;
const panelHeight = 320;
const panelGap = 48;
/** Of the frame that the curves lie in, from the edges of the panel. */
const inset = { left: 48, top: 34, bottom: 44 };

interface Panel {
  readonly field: 'loss' | 'error';
  readonly unit: '' | '%';
  readonly left: number;
}

function drawPanel({ training, validation }: Curves, epochs: number, { field, unit, left }: Panel): string {
  const frame = {
    left: left + inset.left,
    right: left + panelWidth,
    top: headingHeight + inset.top,
    bottom: headingHeight + panelHeight - inset.bottom,
  };
  const x = linearAxis(epochs, frame.left, frame.right);
  const y = logarithmicAxis(
    [...training, ...validation].map(point => point[field]),
    frame.bottom - 8,
    frame.top + 8,
  );
  const line = (points: readonly Point[], colour: string) =>
    element('polyline', {
      points: points.map(point => `${place(x, point.epoch)},${place(y, point[field])}`).join(' '),
      fill: 'none',
      stroke: colour,
      'stroke-width': 2,
      'stroke-linejoin': 'round',
    });
  const dots = validation.map(point =>
    element(
      'circle',
      { cx: x.at(point.epoch), cy: y.at(point[field]), r: 3, fill: palette.validation },
      tooltip(
        `epoch ${point.epoch.toFixed(1)}: validation ${field} ${Number(point[field].toPrecision(4))}${unit}`,
      ),
    ),
  );
  return element(
    'g',
    {},
    text(left, headingHeight + 10, unit ? `${field} (${unit})` : field, { 'font-weight': 'bold' }),
    legend(frame.right, validation.length > 0),
    ...y.ticks.flatMap(tick => [
      element('line', {
        ...{ x1: frame.left, x2: frame.right, y1: y.at(tick), y2: y.at(tick) },
        stroke: palette.grid,
      }),
      text(frame.left - 8, y.at(tick) + 4, String(tick), { ...label, 'text-anchor': 'end' }),
    ]),
    ...x.ticks.map(tick =>
      text(x.at(tick), frame.bottom + 18, String(tick), { ...label, 'text-anchor': 'middle' }),
    ),
    text((frame.left + frame.right) / 2, frame.bottom + 38, 'epoch', { 'text-anchor': 'middle' }),
    line(training, palette.training),
    ...(validation.length > 0 ? [line(validation, palette.validation)] : []),
    ...dots,
  );
}

const label = { fill: palette.quiet, 'font-size': 11 };

function legend(right: number, hasValidation: boolean): string {
  const entries = hasValidation ? (['training', 'validation'] as const) : (['training'] as const);
  return entries
    .map((series, index) => {
      const left = right - 84 * (entries.length - index);
      const y = headingHeight + 6;
      const mark = { x1: left, x2: left + 16, y1: y, y2: y, stroke: palette[series], 'stroke-width': 3 };
      return element('line', mark) + text(left + 22, y + 4, series);
    })
    .join('');
}

function place(axis: Axis, value: number): string {
  return axis.at(value).toFixed(2);
}

function stretches<T>(items: readonly T[], length: number): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += length) result.push(items.slice(start, start + length));
  return result;
}

function mean(stretch: readonly Measured[], field: 'step' | 'loss' | 'accuracy'): number {
  return stretch.reduce((sum, measured) => sum + measured[field], 0) / stretch.length;
}
