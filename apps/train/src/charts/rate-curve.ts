import { logarithmicAxis } from './axis';
import { element, headingHeight, margin, palette, picture, text, tooltip } from './svg';

/** What a search for a learning rate saw at a step. */
export interface RatePoint {
  readonly rate: number;
  readonly loss: number;
  readonly smoothed: number;
}

const [width, height] = [560, 360];
const inset = { left: 56, top: 34, bottom: 44 };
const quiet = { fill: palette.quiet, 'font-size': 11 };

/** An SVG picture of the loss over a learning rate that grew from step to step: as it was, smoothed, and the rate that is suggested. */
export function drawRateCurve(points: readonly RatePoint[], suggestion: number | null): string {
  const frame = {
    left: margin + inset.left,
    right: margin + width,
    top: headingHeight + inset.top,
    bottom: headingHeight + height - inset.bottom,
  };
  const x = logarithmicAxis(
    points.map(({ rate }) => rate),
    frame.left,
    frame.right,
  );
  const y = logarithmicAxis(
    points.flatMap(({ loss, smoothed }) => [loss, smoothed]),
    frame.bottom - 8,
    frame.top + 8,
  );
  const line = (field: 'loss' | 'smoothed', stroke: string) =>
    element('polyline', {
      points: points
        .map(point => `${x.at(point.rate).toFixed(2)},${y.at(point[field]).toFixed(2)}`)
        .join(' '),
      fill: 'none',
      stroke,
      'stroke-width': 2,
      'stroke-linejoin': 'round',
    });
  return picture(
    {
      title: 'The loss while the learning rate grows',
      subtitle:
        suggestion === null
          ? 'no rate has lowered it'
          : `suggested: ${rateText(suggestion)}, a tenth of the rate at which the smoothed loss is lowest`,
      width: width + 2 * margin,
      height: headingHeight + height + margin,
    },
    text(margin, headingHeight + 10, 'loss', { 'font-weight': 'bold' }),
    ...y.ticks.flatMap(tick => [
      element('line', {
        ...{ x1: frame.left, x2: frame.right, y1: y.at(tick), y2: y.at(tick) },
        stroke: palette.grid,
      }),
      text(frame.left - 8, y.at(tick) + 4, String(tick), { ...quiet, 'text-anchor': 'end' }),
    ]),
    ...x.ticks.map(tick =>
      text(x.at(tick), frame.bottom + 18, tick.toExponential(), { ...quiet, 'text-anchor': 'middle' }),
    ),
    text((frame.left + frame.right) / 2, frame.bottom + 38, 'learning rate', { 'text-anchor': 'middle' }),
    line('loss', palette.training),
    line('smoothed', palette.validation),
    ...points.map(({ rate, smoothed }) =>
      element(
        'circle',
        { cx: x.at(rate), cy: y.at(smoothed), r: 3, fill: palette.validation },
        tooltip(`rate ${rateText(rate)}: loss ${Number(smoothed.toPrecision(4))}, smoothed`),
      ),
    ),
    ...(suggestion === null
      ? []
      : [
          element('line', {
            ...{ x1: x.at(suggestion), x2: x.at(suggestion), y1: frame.top, y2: frame.bottom },
            stroke: palette.accent,
            'stroke-width': 2,
          }),
        ]),
  );
}

/** `0.0013` */
export function rateText(rate: number): string {
  return String(Number(rate.toPrecision(2)));
}
