import { formatCount } from '@capsnet/checks';
import { logarithmicAxis } from '../charts/axis';
import { drawCurvesTogether } from '../charts/curves-together';
import { drawParallelCoordinates, type UprightAxis } from '../charts/parallel-coordinates';
import { escaped, palette } from '../charts/svg';
import type { Dimension } from './space';
import { errorText, imagesSeen, type Standing, shortNames, stateText, valueText } from './standings';
import type { Sweep } from './sweep';
import type { SweepState } from './sweep-state';

/** How the error of a configuration went, in percent. */
export interface CurveOf {
  readonly trial: number;
  readonly points: readonly { readonly images: number; readonly error: number }[];
}

/** More lines than this hide each other. */
export const mostShown = 300;

/**
 * A sweep as one HTML file that asks for nothing else: what each configuration had and came to, how its error went, and a table. A
 * configuration that the pointer is on stands out in all three.
 */
export function sweepPage(
  sweep: Sweep,
  state: SweepState,
  standings: readonly Standing[],
  curves: readonly CurveOf[],
): string {
  const { described, configurations } = sweep;
  const shown = standings.slice(0, mostShown);
  const left = standings.length - shown.length;
  const subtitle =
    `${formatCount(standings.length)} of ${formatCount(configurations.length)} configurations, ` +
    `${formatCount(imagesSeen(state))} images seen${left > 0 ? `; the best ${mostShown} are drawn` : ''}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escaped(described.title)}</title>
<style>${style}</style>
<h1>${escaped(described.title)}</h1>
${described.note === undefined ? '' : `<p>${escaped(described.note)}</p>\n`}<div class="wide">${parallel(sweep, state, shown, subtitle)}</div>
<div class="wide">${learning(sweep, state, shown, curves)}</div>
<div class="wide">${table(sweep, state, standings)}</div>
<script>${script}</script>
</html>
`;
}

/** The best in the accent colour, the next nine dark, the others pale. */
function colourOf({ rank }: Standing): string {
  if (rank === 1) return palette.accent;
  return rank !== null && rank <= 10 ? palette.validation : palette.training;
}

function parallel(sweep: Sweep, state: SweepState, standings: readonly Standing[], subtitle: string): string {
  const names = shortNames(sweep.dimensions.map(({ key }) => key));
  const errors = standings.flatMap(({ trial }) => trial.scores.at(-1)?.error ?? []);
  const error = logarithmicAxis(
    errors.map(value => 100 * value),
    0,
    1,
  );
  const axes: UprightAxis[] = [
    ...sweep.dimensions.map((dimension, index) => ({ name: names[index]!, ticks: ticksOf(dimension) })),
    {
      name: 'error (%)',
      ticks:
        errors.length === 0 ? [] : error.ticks.map(tick => ({ at: error.at(tick), label: String(tick) })),
    },
  ];
  const lines = [...standings].reverse().map(standing => {
    const score = standing.trial.scores.at(-1);
    return {
      key: String(standing.trial.number),
      places: [
        ...sweep.dimensions.map(dimension => placeOf(dimension, standing.trial.values[dimension.key])),
        score ? error.at(100 * score.error) : null,
      ],
      colour: colourOf(standing),
      tooltip: toldOf(standing, sweep, state),
    };
  });
  return drawParallelCoordinates({ title: 'Configurations', subtitle }, axes, lines);
}

function learning(
  sweep: Sweep,
  state: SweepState,
  standings: readonly Standing[],
  curves: readonly CurveOf[],
): string {
  const curveOf = new Map(curves.map(({ trial, points }) => [trial, points]));
  return drawCurvesTogether(
    { title: 'Learning curves', subtitle: 'the error on the validation split after each validation' },
    { x: 'training images seen', y: 'error (%)' },
    [...standings].reverse().map(standing => ({
      key: String(standing.trial.number),
      colour: colourOf(standing),
      tooltip: toldOf(standing, sweep, state),
      points: (curveOf.get(standing.trial.number) ?? []).map(({ images, error }) => ({
        x: images,
        y: error,
      })),
    })),
  );
}

function toldOf({ trial, run }: Standing, sweep: Sweep, { isOver }: SweepState): string {
  const names = shortNames(sweep.dimensions.map(({ key }) => key));
  const values = sweep.dimensions.map(({ key }, index) => `${names[index]} ${valueText(trial.values[key])}`);
  return [run, ...values, errorText(trial), stateText(trial, sweep, isOver)].filter(Boolean).join('\n');
}

function placeOf(dimension: Dimension, value: unknown): number {
  if (dimension.kind === 'values') {
    const text = JSON.stringify(value);
    const place = dimension.values.findIndex(other => JSON.stringify(other) === text);
    return dimension.values.length === 1 ? 0.5 : place / (dimension.values.length - 1);
  }
  const { kind, low, high } = dimension;
  const number = value as number;
  return kind === 'logUniform'
    ? Math.log(number / low) / Math.log(high / low)
    : (number - low) / (high - low);
}

/** More labels than this are not legible. */
const mostTicks = 12;

function ticksOf(dimension: Dimension): { at: number; label: string }[] {
  if (dimension.kind === 'values') {
    const every = Math.ceil(dimension.values.length / mostTicks);
    return dimension.values
      .filter((_, index) => index % every === 0)
      .map(value => ({ at: placeOf(dimension, value), label: shortened(valueText(value)) }));
  }
  const { kind, low, high } = dimension;
  if (kind === 'logUniform') {
    const axis = logarithmicAxis([low, high], 0, 1);
    return [low, ...axis.ticks.filter(tick => axis.at(tick) > 0.08 && axis.at(tick) < 0.92), high].map(
      tick => ({
        at: placeOf(dimension, tick),
        label: String(tick),
      }),
    );
  }
  return [low, (low + high) / 2, high]
    .filter(tick => kind === 'uniform' || Number.isInteger(tick))
    .map(tick => ({ at: placeOf(dimension, tick), label: String(Number(tick.toPrecision(4))) }));
}

function shortened(text: string): string {
  return text.length > 16 ? `${text.slice(0, 15)}…` : text;
}

function table(sweep: Sweep, { isOver }: SweepState, standings: readonly Standing[]): string {
  const keys = sweep.dimensions.map(({ key }) => key);
  const row = (cells: readonly string[], tag: 'td' | 'th') =>
    cells.map(cell => `<${tag}>${escaped(cell)}</${tag}>`).join('');
  const rows = standings.map(({ rank, trial, run }) => {
    const cells = [
      rank === null ? '' : String(rank),
      run,
      ...keys.map(key => valueText(trial.values[key])),
      errorText(trial),
      formatCount(trial.end?.images ?? 0),
      stateText(trial, sweep, isOver),
    ];
    return `<tr class="line" data-key="${trial.number}">${row(cells, 'td')}</tr>`;
  });
  const heading = row(['', 'run', ...shortNames(keys), 'error', 'images', 'state'], 'th');
  return `<table><thead><tr>${heading}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

const style = `
body { margin: 24px; color: ${palette.ink}; background: white; font: 14px system-ui, sans-serif; }
h1 { font-size: 20px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 12px 3px 0; text-align: left; border-bottom: 1px solid ${palette.grid}; }
th { color: ${palette.quiet}; font-weight: normal; }
.marked svg .line { opacity: 0.15; }
.marked svg .line.on { opacity: 1; stroke-width: 4; }
tr.on { background: ${palette.grid}; }
`;

/** What has the key of the element that the pointer is on. */
const script = `
let marked = null;
const mark = key => {
  if (key === marked) return;
  marked = key;
  document.body.classList.toggle('marked', key !== null);
  for (const each of document.querySelectorAll('.line')) each.classList.toggle('on', each.dataset.key === key);
};
document.addEventListener('pointerover', event => {
  const line = event.target instanceof Element ? event.target.closest('.line') : null;
  mark(line === null ? null : line.dataset.key);
});
`;
