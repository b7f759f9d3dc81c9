import { element, headingHeight, margin, palette, picture, text, tooltip } from './svg';

/** An axis that stands upright; a line crosses it where its value is. */
export interface UprightAxis {
  readonly name: string;
  /** From 0 at the bottom to 1 at the top. */
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

export interface CrossingLine {
  /** What a page finds it by. */
  readonly key: string;
  /** From 0 at the bottom to 1 at the top of each axis; null where it has no value, and ends. */
  readonly places: readonly (number | null)[];
  readonly colour: string;
  readonly tooltip: string;
}

const height = 300;
const axisGap = 150;

/** An SVG picture of lines that cross upright axes, a line for each thing of several properties; the last one lies on top. */
export function drawParallelCoordinates(
  heading: { readonly title: string; readonly subtitle: string },
  axes: readonly UprightAxis[],
  lines: readonly CrossingLine[],
): string {
  const top = headingHeight + 34;
  const bottom = top + height;
  const x = (axis: number) => margin + 60 + axis * axisGap;
  const y = (place: number) => bottom - place * height;
  const upright = axes.map(({ name, ticks }, axis) =>
    element(
      'g',
      {},
      text(x(axis), top - 16, name, { 'text-anchor': 'middle', 'font-weight': 'bold' }),
      element('line', { x1: x(axis), x2: x(axis), y1: top, y2: bottom, stroke: palette.quiet }),
    ).concat(
      ...ticks.map(({ at, label }) =>
        // On a ground of its own, for lines pass below.
        text(x(axis) + 6, y(at) + 4, label, {
          'font-size': 11,
          stroke: 'white',
          'stroke-width': 3,
          'paint-order': 'stroke',
          'pointer-events': 'none',
        }),
      ),
    ),
  );
  const crossing = lines.map(({ key, places, colour, tooltip: said }) => {
    const crossed = places.indexOf(null);
    const points = (crossed < 0 ? places : places.slice(0, crossed))
      .map((place, axis) => `${x(axis)},${y(place!).toFixed(2)}`)
      .join(' ');
    return element(
      'polyline',
      {
        class: 'line',
        'data-key': key,
        points,
        fill: 'none',
        stroke: colour,
        'stroke-width': 2,
        'stroke-linejoin': 'round',
      },
      tooltip(said),
    );
  });
  return picture(
    { ...heading, width: x(axes.length - 1) + 110, height: bottom + margin },
    ...crossing,
    ...upright,
  );
}
