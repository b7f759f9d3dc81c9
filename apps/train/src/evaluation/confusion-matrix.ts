import { drawChart, palette } from '../pictures/chart';

/** counts[label][prediction] */
export type ConfusionMatrix = readonly (readonly number[])[];

export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): ConfusionMatrix {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]![predictions[i]!]!++;
  return counts;
}

/** The matrix as text, correct predictions on the diagonal; nothing stands for zero. */
export function formatConfusionMatrix(counts: ConfusionMatrix): string {
  const width = Math.max(3, ...counts.flat().map(count => String(count).length)) + 1;
  const row = (head: string, cells: readonly (number | string)[]) =>
    head.padStart(7) + cells.map(cell => String(cell || '.').padStart(width)).join('');
  const head = row(
    'label',
    counts.map((_, prediction) => `→${prediction}`),
  );
  return [head, ...counts.map((cells, label) => row(String(label), cells))].join('\n');
}

/**
 * An SVG picture of the matrix. The diagonal is left pale and the mistakes coloured by their number, since with an error
 * below one percent the diagonal would outshine everything that is of interest.
 */
export async function drawConfusionMatrix(counts: ConfusionMatrix): Promise<string> {
  const cells = counts.flatMap((row, label) =>
    row.map((count, prediction) => ({ label, prediction, count, right: label === prediction })),
  );
  const total = cells.reduce((sum, { count }) => sum + count, 0);
  const mistakes = cells.reduce((sum, { count, right }) => sum + (right ? 0 : count), 0);
  const worst = Math.max(1, ...cells.map(({ count, right }) => (right ? 0 : count)));
  const size = counts.length <= 12 ? 44 : 24;
  const axis = { grid: false, labelAngle: 0, labelFontSize: counts.length <= 12 ? 13 : 9 } as const;
  return drawChart({
    title: {
      text: `${mistakes.toLocaleString('en')} of ${total.toLocaleString('en')} test images are misread`,
      subtitle: 'rows: the true class; columns: the longest capsule; colour: number of mistakes',
    },
    data: { values: cells },
    width: { step: size },
    height: { step: size },
    encoding: {
      x: { field: 'prediction', type: 'ordinal', title: 'predicted', axis: { ...axis, orient: 'top' } },
      y: { field: 'label', type: 'ordinal', title: 'true class', axis },
    },
    layer: [
      {
        mark: { type: 'rect', stroke: 'white', strokeWidth: 2, cornerRadius: 4 },
        encoding: {
          color: {
            condition: [
              { test: 'datum.right', value: '#eef2f7' },
              { test: 'datum.count === 0', value: '#fbfbfc' },
            ],
            field: 'count',
            type: 'quantitative',
            scale: { domain: [0, worst], range: ['#fdf0e6', palette.accent], interpolate: 'rgb' },
            legend: null,
          },
        },
      },
      {
        transform: [{ filter: 'datum.count > 0' }],
        mark: { type: 'text', fontSize: size / 3.6 },
        encoding: {
          text: { field: 'count', type: 'quantitative' },
          color: {
            condition: { test: `!datum.right && datum.count > ${0.7 * worst}`, value: 'white' },
            value: palette.ink,
          },
        },
      },
    ],
    config: { view: { stroke: null } },
  });
}
