import type { TopLevelSpec } from 'vega-lite';
import type { Measurement } from '../runs/metrics';
import { drawChart, palette } from './chart';

type Panel = Extract<TopLevelSpec, { hconcat: unknown }>['hconcat'][number];

/** At most this many points of the training curve: each is the mean over an equal number of steps. */
const trainingPoints = 60;

interface Point {
  readonly epoch: number;
  readonly series: 'training' | 'validation';
  readonly loss: number;
  /** Percent. */
  readonly error: number;
}

/**
 * An SVG picture of the loss and of the error over the epochs: training as it went (means over equal stretches of
 * steps, on shifted images) and validation after each evaluation.
 */
export async function drawLearningCurves(
  name: string,
  measurements: readonly Measurement[],
  stepsPerEpoch: number,
): Promise<string> {
  const steps = measurements.filter(({ split }) => split === 'train');
  const evaluations = measurements.filter(({ split }) => split === 'validation');
  const points = [
    ...stretches(steps, Math.ceil(steps.length / trainingPoints)).map(stretch => ({
      ...point('training', mean(stretch, 'step') / stepsPerEpoch, mean(stretch, 'loss')),
      error: 100 * (1 - mean(stretch, 'accuracy')),
    })),
    ...evaluations.map(({ step, loss, accuracy }) => ({
      ...point('validation', step / stepsPerEpoch, loss),
      error: 100 * (1 - accuracy),
    })),
  ];
  const last = evaluations.at(-1);
  const best = evaluations.reduce<Measurement | undefined>(
    (best, next) => (best && best.loss <= next.loss ? best : next),
    undefined,
  );
  return drawChart({
    title: {
      text: `Learning curves of ${name}`,
      subtitle: best
        ? `best validation loss ${best.loss.toFixed(4)} at epoch ${(best.step / stepsPerEpoch).toFixed(1)}, ` +
          `last validation error ${(100 * (1 - last!.accuracy)).toFixed(2)}%`
        : 'trained on every image, without validation',
    },
    data: { values: points },
    spacing: 48,
    hconcat: [panel(points, 'loss', 'loss'), panel(points, 'error', 'error (%)')],
    resolve: { legend: { color: 'independent' } },
  });
}

function panel(points: readonly Point[], field: 'loss' | 'error', title: string): Panel {
  // A logarithm of zero errors has no place on the axis; such points are drawn at its lower end.
  const positive = points.map(point => point[field]).filter(value => value > 0);
  const floor = Math.min(...positive, 1) / 1.5;
  return {
    width: 380,
    height: 260,
    transform: [{ calculate: `max(datum.${field}, ${floor})`, as: 'shown' }],
    encoding: {
      x: {
        field: 'epoch',
        type: 'quantitative',
        title: 'epoch',
        axis: { grid: false, tickCount: 8 },
        scale: { nice: false, zero: true },
      },
      y: {
        field: 'shown',
        type: 'quantitative',
        title,
        scale: { type: 'log', nice: false, padding: 6 },
        axis: { tickCount: 6, format: field === 'loss' ? '~g' : '~r' },
      },
      color: {
        field: 'series',
        type: 'nominal',
        scale: { domain: ['training', 'validation'], range: [palette.training, palette.validation] },
        legend: {
          title: null,
          orient: 'top',
          direction: 'horizontal',
          symbolType: 'stroke',
          symbolStrokeWidth: 3,
        },
      },
    },
    layer: [
      { mark: { type: 'line', strokeWidth: 2 } },
      {
        transform: [{ filter: "datum.series === 'validation'" }],
        mark: { type: 'point', filled: true, size: 28, opacity: 1 },
      },
    ],
    view: { stroke: null },
  };
}

function point(series: Point['series'], epoch: number, loss: number): Omit<Point, 'error'> {
  return { series, epoch, loss };
}

function stretches<T>(items: readonly T[], length: number): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += length) result.push(items.slice(start, start + length));
  return result;
}

function mean(stretch: readonly Measurement[], field: 'step' | 'loss' | 'accuracy'): number {
  return stretch.reduce((sum, measurement) => sum + measurement[field], 0) / stretch.length;
}
