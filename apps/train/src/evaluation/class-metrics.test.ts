import { expect, it } from 'vitest';
import { classMetrics, classRows } from './class-metrics';
import { worstMistakes } from './mistakes';

const oneHot = (classes: number, ...predictions: readonly (readonly number[])[]) =>
  Float32Array.from(
    predictions.flatMap(found =>
      Array.from({ length: classes }, (_, label) => (found.includes(label) ? 1 : 0)),
    ),
  );

it('are as by hand', () => {
  // Class 0: three images, two of them found; of four that were taken for it two are. Class 1: two and one; class 2 was never seen.
  const labels = Int32Array.of(0, 0, 0, 1, 1, 3, 3);
  const scores = oneHot(4, [0], [0], [1], [1], [0], [0], [3]);
  const metrics = classMetrics({ classes: 4, digits: 1, scores, labels });
  expect(metrics).toEqual([
    { label: 0, recall: 2 / 3, precision: 2 / 4, f1: 4 / 7, support: 3 },
    { label: 1, recall: 1 / 2, precision: 1 / 2, f1: 1 / 2, support: 2 },
    { label: 2, recall: null, precision: null, f1: null, support: 0 },
    { label: 3, recall: 1 / 2, precision: 1, f1: 2 / 3, support: 2 },
  ]);
  for (const { recall, precision, f1 } of metrics) {
    if (recall === null || precision === null) continue;
    expect(f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 12);
  }
  expect(classRows(metrics, ['a', 'b', 'c', 'd'])).toEqual([
    ['class', 'recall', 'precision', 'F1', 'images'],
    ['a 0', '66.67%', '50.00%', '57.14%', '3'],
    ['b 1', '50.00%', '50.00%', '50.00%', '2'],
    ['c 2', '-', '-', '-', '0'],
    ['d 3', '50.00%', '100.00%', '66.67%', '2'],
  ]);
});

it('of pairs count each digit', () => {
  const labels = Int32Array.of(0, 1, 1, 2);
  const scores = oneHot(3, [0, 2], [1, 2]);
  expect(classMetrics({ classes: 3, digits: 2, scores, labels })).toEqual([
    { label: 0, recall: 1, precision: 1, f1: 1, support: 1 },
    { label: 1, recall: 1 / 2, precision: 1, f1: 2 / 3, support: 2 },
    { label: 2, recall: 1, precision: 1 / 2, f1: 2 / 3, support: 1 },
  ]);
});

it('of very many classes the table has those that are told worst', () => {
  const classes = 150;
  const labels = Int32Array.from({ length: classes }, (_, label) => label);
  const scores = oneHot(classes, ...[...labels].map(label => [label === 140 ? 0 : label]));
  const rows = classRows(classMetrics({ classes, digits: 1, scores, labels }));
  expect(rows).toHaveLength(101);
  expect(rows.slice(1, 3)).toEqual([
    ['140', '0.00%', '-', '0.00%', '1'],
    ['0', '100.00%', '50.00%', '66.67%', '1'],
  ]);
});

it('the worst mistakes are those of which the network is surest', () => {
  const scores = Float32Array.of(0.2, 0.7, 0.1, 0.9, 0.1, 0.1, 0.1, 0.3, 0.8, 0.6, 0.4, 0.2);
  const scored = { classes: 3, digits: 1, scores, labels: Int32Array.of(0, 0, 1, 2) };
  const mistake = (row: number, label: number, prediction: number, score: number) => ({
    row,
    labels: [label],
    predictions: [prediction],
    score: Math.fround(score),
  });
  expect(worstMistakes(scored, 9)).toEqual([
    mistake(2, 1, 2, 0.8),
    mistake(0, 0, 1, 0.7),
    mistake(3, 2, 0, 0.6),
  ]);
  expect(worstMistakes(scored, 1)).toEqual([mistake(2, 1, 2, 0.8)]);
});
