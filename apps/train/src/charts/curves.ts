import { type Axis, linearAxis, logarithmicAxis } from './axis';
import { element, headingHeight, margin, palette, picture, text, tooltip } from './svg';

export interface Point {
  readonly epoch: number;
  readonly loss: number;
  /** Percent. */
  readonly error: number;
}

export interface Curve {
  /** In the legend. */
  readonly name: string;
  readonly colour: string;
  readonly points: readonly Point[];
  /** Whether each point has a mark that tells its value. Default false */
  readonly dots?: boolean;
}

const panelWidth = 440;
const panelHeight = 320;
const panelGap = 48;
/** Of the frame that the curves lie in, from the edges of the panel. */
const inset = { left: 48, top: 34, bottom: 44 };
/** Of the legend. */
const [lineHeight, columns] = [18, 3];

/** An SVG picture of curves of the loss, on the left, and of the error, on the right, over the epochs. */
export function drawCurves(
  heading: { readonly title: string; readonly subtitle: string },
  curves: readonly Curve[],
  epochs: number,
): string {
  const below = fitsBeside(curves) ? 0 : lineHeight * Math.ceil(curves.length / columns);
  return picture(
    {
      ...heading,
      width: 2 * (margin + panelWidth) + panelGap,
      height: headingHeight + panelHeight + below + margin,
    },
    ...(
      [
        { field: 'loss', unit: '', left: margin },
        { field: 'error', unit: '%', left: margin + panelWidth + panelGap },
      ] as const
    ).map(panel => drawPanel(curves, epochs, panel)),
    ...(below > 0 ? [legendBelow(curves)] : []),
  );
}

/** Two short names stand beside the title of each panel; others have lines of their own below both. */
function fitsBeside(curves: readonly Curve[]): boolean {
  return curves.length <= 2 && curves.every(({ name }) => name.length <= 'validation'.length);
}

interface Panel {
  readonly field: 'loss' | 'error';
  readonly unit: '' | '%';
  readonly left: number;
}

function drawPanel(curves: readonly Curve[], epochs: number, { field, unit, left }: Panel): string {
  const frame = {
    left: left + inset.left,
    right: left + panelWidth,
    top: headingHeight + inset.top,
    bottom: headingHeight + panelHeight - inset.bottom,
  };
  const x = linearAxis(epochs, frame.left, frame.right);
  const y = logarithmicAxis(
    curves.flatMap(({ points }) => points.map(point => point[field])),
    frame.bottom - 8,
    frame.top + 8,
  );
  const line = ({ points, colour }: Curve) =>
    element('polyline', {
      points: points.map(point => `${place(x, point.epoch)},${place(y, point[field])}`).join(' '),
      fill: 'none',
      stroke: colour,
      'stroke-width': 2,
      'stroke-linejoin': 'round',
    });
  const marks = curves
    .filter(({ dots }) => dots)
    .flatMap(({ name, points, colour }) =>
      points.map(point =>
        element(
          'circle',
          { cx: x.at(point.epoch), cy: y.at(point[field]), r: 3, fill: colour },
          tooltip(
            `epoch ${point.epoch.toFixed(1)}: ${name} ${field} ${Number(point[field].toPrecision(4))}${unit}`,
          ),
        ),
      ),
    );
  return element(
    'g',
    {},
    text(left, headingHeight + 10, unit ? `${field} (${unit})` : field, { 'font-weight': 'bold' }),
    ...(fitsBeside(curves) ? [legendBeside(curves, frame.right)] : []),
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
    ...curves.map(line),
    ...marks,
  );
}

const label = { fill: palette.quiet, 'font-size': 11 };

function legendBeside(curves: readonly Curve[], right: number): string {
  return curves
    .map((curve, index) => legendEntry(curve, right - 84 * (curves.length - index), headingHeight + 6))
    .join('');
}

function legendBelow(curves: readonly Curve[]): string {
  const width = (2 * panelWidth + panelGap) / columns;
  return curves
    .map((curve, index) =>
      legendEntry(
        curve,
        margin + width * (index % columns),
        headingHeight + panelHeight + lineHeight * Math.floor(index / columns),
      ),
    )
    .join('');
}

function legendEntry({ name, colour }: Curve, left: number, y: number): string {
  const mark = { x1: left, x2: left + 16, y1: y, y2: y, stroke: colour, 'stroke-width': 3 };
  return element('line', mark) + text(left + 22, y + 4, name);
}

function place(axis: Axis, value: number): string {
  return axis.at(value).toFixed(2);
}
