import { linearAxis, logarithmicAxis } from './axis';
import { element, headingHeight, margin, palette, picture, text, tooltip } from './svg';

export interface ManyCurve {
  /** What a page finds it by. */
  readonly key: string;
  readonly colour: string;
  readonly tooltip: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const [width, height] = [900, 360];

/** An SVG picture of many curves without a legend, with a logarithmic axis upright; the last one lies on top. */
export function drawCurvesTogether(
  heading: { readonly title: string; readonly subtitle: string },
  axes: { readonly x: string; readonly y: string },
  curves: readonly ManyCurve[],
): string {
  const frame = {
    left: margin + 48,
    right: width - margin,
    top: headingHeight + 34,
    bottom: headingHeight + height - 44,
  };
  const points = curves.flatMap(curve => curve.points);
  const x = linearAxis(Math.max(1, ...points.map(point => point.x)), frame.left, frame.right);
  const y = logarithmicAxis(
    points.map(point => point.y),
    frame.bottom - 8,
    frame.top + 8,
  );
  const label = { fill: palette.quiet, 'font-size': 11 };
  return picture(
    { ...heading, width, height: headingHeight + height + margin },
    text(margin, headingHeight + 10, axes.y, { 'font-weight': 'bold' }),
    ...y.ticks.flatMap(tick => [
      element('line', {
        x1: frame.left,
        x2: frame.right,
        y1: y.at(tick),
        y2: y.at(tick),
        stroke: palette.grid,
      }),
      text(frame.left - 8, y.at(tick) + 4, String(tick), { ...label, 'text-anchor': 'end' }),
    ]),
    ...x.ticks.map(tick =>
      text(x.at(tick), frame.bottom + 18, tick.toLocaleString('en'), { ...label, 'text-anchor': 'middle' }),
    ),
    text((frame.left + frame.right) / 2, frame.bottom + 38, axes.x, { 'text-anchor': 'middle' }),
    ...curves.map(({ key, colour, tooltip: said, points }) =>
      element(
        'g',
        { class: 'line', 'data-key': key },
        tooltip(said),
        element('polyline', {
          points: points.map(point => `${x.at(point.x).toFixed(2)},${y.at(point.y).toFixed(2)}`).join(' '),
          fill: 'none',
          stroke: colour,
          'stroke-width': 2,
          'stroke-linejoin': 'round',
        }),
        ...points.map(point =>
          element('circle', { cx: x.at(point.x), cy: y.at(point.y), r: 2.5, fill: colour }),
        ),
      ),
    ),
  );
}
