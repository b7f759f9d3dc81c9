import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { theme } from '../page/theme';
import type { LearningCurve, Measurement } from './learning-curve';

interface CurveChartProps {
  readonly title: string;
  readonly curve: LearningCurve;
  readonly of: 'loss' | 'accuracy';
  readonly totalSteps: number;
}

const height = 190;

/** A learning curve: batches as a line, the images that are held back as dots. */
export function CurveChart({ title, curve, of, totalSteps }: CurveChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const last = curve.batches.at(-1)?.[of];
  const lastHeldBack = curve.heldBack.at(-1)?.[of];

  useEffect(() => {
    const made = new uPlot(optionsOf(place.current!, of, totalSteps), dataOf(curve, of), place.current!);
    chart.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: place.current!.clientWidth, height }));
    observer.observe(place.current!);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [of, totalSteps, theme.value]);

  useEffect(() => chart.current?.setData(dataOf(curve, of)), [curve, of]);

  const show = (value: number | undefined) => {
    if (value === undefined) return '–';
    return of === 'accuracy' ? `${(100 * value).toFixed(1)}%` : value.toFixed(3);
  };
  return (
    <figure class="curve" data-last={last}>
      <h3>
        {title} <span class="muted">{show(last)}</span>
        {lastHeldBack !== undefined && <span class="held-back">held back {show(lastHeldBack)}</span>}
      </h3>
      <div ref={place} role="img" aria-label={`${title} by step, now ${show(last)}`} />
    </figure>
  );
}

function dataOf({ batches, heldBack }: LearningCurve, of: 'loss' | 'accuracy'): uPlot.AlignedData {
  const dots = new Map(heldBack.map((measurement: Measurement) => [measurement.step, measurement[of]]));
  return [
    batches.map(({ step }) => step),
    batches.map(measurement => measurement[of]),
    batches.map(({ step }) => dots.get(step) ?? null),
  ];
}

function optionsOf(place: HTMLElement, of: 'loss' | 'accuracy', totalSteps: number): uPlot.Options {
  const style = getComputedStyle(place);
  const dark = theme.value === 'dark';
  const muted = dark ? '#a3a6ad' : '#63666d';
  const line = dark ? '#34373d' : '#e4dfd6';
  const axis = { stroke: muted, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
  const font = `12px ${style.fontFamily}`;
  return {
    width: place.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: [0, Math.max(1, totalSteps)] },
      y: { range: (_, __, largest) => [0, of === 'accuracy' ? 1 : Math.max(0.1, largest)] },
    },
    axes: [
      { ...axis, font },
      {
        ...axis,
        font,
        size: 52,
        values: (_, ticks) =>
          ticks.map(tick => (of === 'accuracy' ? `${Math.round(100 * tick)}%` : `${tick}`)),
      },
    ],
    series: [
      {},
      { stroke: dark ? '#fb8a4c' : '#c2410c', width: 2, points: { show: false } },
      {
        stroke: dark ? '#8ab4f8' : '#2563eb',
        paths: () => null,
        points: { show: true, size: 8, fill: dark ? '#8ab4f8' : '#2563eb' },
      },
    ],
  };
}
