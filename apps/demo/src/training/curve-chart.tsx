import { LineChart, roundTicks } from '../figures/line-chart';
import type { LearningCurve, Measurement } from './learning-curve';

interface CurveChartProps {
  readonly title: string;
  readonly curve: LearningCurve;
  readonly of: 'loss' | 'accuracy';
  readonly totalSteps: number;
}

/** A learning curve: training as a line, validation as dots. */
export function CurveChart({ title, curve, of, totalSteps }: CurveChartProps) {
  const { training, validation, newest } = curve;
  const steps = Math.max(1, totalSteps);
  const line = newest === null || newest === training.at(-1) ? training : [...training, newest];
  const pointOf = (measurement: Measurement) => [measurement.step, measurement[of]] as const;
  const largest = Math.max(0.1, ...[...line, ...validation].map(measurement => measurement[of]));
  const last = newest?.[of];
  const lastValidation = validation.at(-1)?.[of];
  const show = (value: number | undefined) => {
    if (value === undefined) return '–';
    return of === 'accuracy' ? percent(value, 1) : value.toFixed(3);
  };
  return (
    <figure class="curve" data-last={last}>
      <h3>
        {title} <span class="muted">{show(last)}</span>
        {lastValidation !== undefined && <span class="validation">validation {show(lastValidation)}</span>}
      </h3>
      <LineChart
        label={`${title} by step, now ${show(last)}`}
        x={{ to: steps, ticks: roundTicks(steps, 5), format: tick => tick.toLocaleString('en') }}
        y={
          of === 'accuracy'
            ? { to: 1, ticks: roundTicks(1, 5), format: tick => percent(tick, 0) }
            : { to: largest, ticks: roundTicks(largest, 5) }
        }
        series={[
          { as: 'line', points: line.map(pointOf), class: 'training' },
          { as: 'dots', points: validation.map(pointOf), class: 'validation' },
        ]}
      />
    </figure>
  );
}

function percent(share: number, digits: number): string {
  return `${(100 * share).toFixed(digits)}%`;
}
