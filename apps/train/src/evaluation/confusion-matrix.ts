/** counts[label][prediction] */
export type ConfusionMatrix = readonly (readonly number[])[];

/** More classes are no table that anybody reads, and a million cells already at a thousand. */
export const mostClasses = 100;

export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): ConfusionMatrix {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]![predictions[i]!]!++;
  return counts;
}

/**
 * The matrix as text, correct predictions on the diagonal; nothing stands for zero.
 *
 * @param names of the classes, for the rows; a column has the number of its class
 */
export function formatConfusionMatrix(counts: ConfusionMatrix, names?: readonly string[]): string {
  const width = Math.max(3, ...counts.flat().map(count => String(count).length)) + 1;
  const heads = counts.map((_, label) => (names ? `${shortened(names[label]!)} ${label}` : String(label)));
  const head = Math.max(7, ...heads.map(({ length }) => length + 2));
  const row = (name: string, cells: readonly (number | string)[]) =>
    name.padStart(head) + cells.map(cell => String(cell || '.').padStart(width)).join('');
  const first = row(
    'label',
    counts.map((_, prediction) => `→${prediction}`),
  );
  return [first, ...counts.map((cells, label) => row(heads[label]!, cells))].join('\n');
}

const longest = 24;

function shortened(name: string): string {
  return name.length > longest ? `${name.slice(0, longest - 1)}…` : name;
}
