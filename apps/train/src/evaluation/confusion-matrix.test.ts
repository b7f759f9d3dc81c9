import { expect, it } from 'vitest';
import { confusionMatrix, formatConfusionMatrix } from './confusion-matrix';

// Six images of two of three classes: class 0 as 0, 2, 2 and 2; class 1 as 0 and 1.
const counts = confusionMatrix([0, 0, 1, 0, 1, 0], [0, 2, 0, 2, 1, 2], 3);

it('has a row for each label and a column for each prediction', () => {
  expect(counts).toEqual([
    [1, 0, 3],
    [1, 1, 0],
    [0, 0, 0],
  ]);
});

it('is written with labels down and predictions across, and a dot for none', () => {
  expect(formatConfusionMatrix(counts).split('\n')).toEqual([
    '  label  →0  →1  →2',
    '      0   1   .   3',
    '      1   1   1   .',
    '      2   .   .   .',
  ]);
});

it('has the names of classes that have some before their numbers', () => {
  expect(
    formatConfusionMatrix(counts, ['cat', 'owl', 'a name that is longer than any row']).split('\n'),
  ).toEqual([
    '                       label  →0  →1  →2',
    '                       cat 0   1   .   3',
    '                       owl 1   1   1   .',
    '  a name that is longer t… 2   .   .   .',
  ]);
});
