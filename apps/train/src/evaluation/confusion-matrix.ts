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
