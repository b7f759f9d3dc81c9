import { formatCount, formatPercent } from '@capsnet/checks';
import { predictionsOf, type ScoredImages } from './scored-images';

/** How well one class is told from the others. A ratio of nothing is null. */
export interface ClassMetrics {
  readonly label: number;
  /** Of the images of this class, the part that was found: its accuracy. */
  readonly recall: number | null;
  /** Of the images that were taken for this class, the part that is of it. */
  readonly precision: number | null;
  /** The harmonic mean of both. */
  readonly f1: number | null;
  /** Images of this class. */
  readonly support: number;
}

/** Of each class, by its label. In a pair of digits each counts by itself. */
export function classMetrics(scored: ScoredImages): ClassMetrics[] {
  const { classes, digits, labels } = scored;
  const count = () => new Array<number>(classes).fill(0);
  const [support, predicted, found] = [count(), count(), count()];
  for (const [image, predictions] of predictionsOf(scored).entries()) {
    const those = labels.subarray(image * digits, (image + 1) * digits);
    for (const label of those) support[label]!++;
    for (const label of predictions) {
      predicted[label]!++;
      if (those.includes(label)) found[label]!++;
    }
  }
  const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return support.map((images, label) => ({
    label,
    recall: ratio(found[label]!, images),
    precision: ratio(found[label]!, predicted[label]!),
    f1: ratio(2 * found[label]!, images + predicted[label]!),
    support: images,
  }));
}

/** Of more classes a table shows those that are told worst. */
const mostRows = 100;

/**
 * The rows of a table, the first one its heading.
 *
 * @param names of the classes, where they have any
 */
export function classRows(metrics: readonly ClassMetrics[], names?: readonly string[]): string[][] {
  const shown =
    metrics.length <= mostRows
      ? metrics
      : [...metrics].sort((a, b) => (a.f1 ?? 2) - (b.f1 ?? 2)).slice(0, mostRows);
  const percent = (value: number | null) => (value === null ? '-' : formatPercent(value));
  return [
    ['class', 'recall', 'precision', 'F1', 'images'],
    ...shown.map(({ label, recall, precision, f1, support }) => [
      names ? `${names[label]} ${label}` : String(label),
      percent(recall),
      percent(precision),
      percent(f1),
      formatCount(support),
    ]),
  ];
}
