export interface Axis {
  /** Default 0. */
  readonly from?: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** How a tick is written. Default: the number. */
  readonly format?: (tick: number) => string;
}

type Point = readonly [x: number, y: number];

export interface Series {
  readonly points: readonly Point[];
  readonly as: 'line' | 'dots';
  /** In the style's words. */
  readonly class?: string;
  /** Stands beside the last point. */
  readonly name?: string;
}

interface LineChartProps {
  /** What it shows, for who cannot see it. */
  readonly label: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Later ones lie over earlier ones. */
  readonly series: readonly Series[];
}

const [width, height] = [400, 200];
const [left, right, top, bottom] = [44, width - 20, 12, height - 26];

/** Lines and dots over two axes. */
export function LineChart({ label, x, y, series }: LineChartProps) {
  const across = placeOn(x, left, right);
  const up = placeOn(y, bottom, top);
  return (
    <svg class="line-chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      {y.ticks.map(tick => (
        <g key={tick}>
          <line x1={left} x2={right} y1={up(tick)} y2={up(tick)} />
          <text x={left - 8} y={up(tick) + 4} text-anchor="end">
            {written(y, tick)}
          </text>
        </g>
      ))}
      {x.ticks.map(tick => (
        <text key={tick} x={across(tick)} y={bottom + 19} text-anchor="middle">
          {written(x, tick)}
        </text>
      ))}
      {series.map(({ points, as, name, class: styled }, index) => (
        <g key={index} class={styled}>
          {as === 'line' && (
            <polyline points={points.map(([at, value]) => `${across(at)},${up(value)}`).join(' ')} />
          )}
          {as === 'dots' &&
            points.map(([at, value]) => <circle key={at} cx={across(at)} cy={up(value)} r="4" />)}
          {name !== undefined && points.length > 0 && (
            <text class="name" x={across(points.at(-1)![0]) + 7} y={up(points.at(-1)![1]) + 5}>
              {name}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}

function placeOn({ from = 0, to }: Axis, start: number, end: number) {
  // To a tenth of a pixel: more would only make the page larger.
  return (value: number) => Math.round(10 * (start + ((value - from) / (to - from)) * (end - start))) / 10;
}

function written({ format = String }: Axis, tick: number): string {
  return format(tick);
}

/** Multiples of 1, 2 or 5 times a power of ten from 0 to `max`: about `count`, and never more, besides 0. */
export function roundTicks(max: number, count: number): number[] {
  const power = 10 ** Math.floor(Math.log10(max / count));
  const step = [1, 2, 5, 10].map(digit => digit * power).find(step => step * count >= max * 0.999)!;
  // Not the sums: .1 + .2 is no round number.
  return Array.from({ length: Math.floor(max / step + 1e-9) + 1 }, (_, at) =>
    Number((at * step).toPrecision(12)),
  );
}
