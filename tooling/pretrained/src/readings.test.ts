import { expect, it } from 'vitest';
import { agreement, agreementOfBackends, errorOf, predictions, type Readings } from './readings';

function readings(rows: readonly (readonly number[])[], labels: readonly (readonly number[])[]): Readings {
  return { lengths: Float32Array.from(rows.flat()), classes: rows[0]!.length, labels, loss: 0 };
}

it('reads the longest capsule, and as many as an image has labels', () => {
  const one = readings([[0.1, 0.75, 0.5]], [[1]]);
  expect(predictions(one)).toEqual([{ read: '1', lead: 0.25 }]);
  const two = readings([[0.75, 0.25, 0.5, 0.125]], [[0, 2]]);
  expect(predictions(two)).toEqual([{ read: '0,2', lead: 0.25 }]);
});

it('counts an image as misread unless all its labels are read', () => {
  const rows = [
    [0.9, 0.1, 0.8],
    [0.9, 0.8, 0.1],
  ];
  expect(errorOf(readings(rows, [[0], [1]]))).toBe(0.5);
  expect(
    errorOf(
      readings(rows, [
        [0, 2],
        [1, 2],
      ]),
    ),
  ).toBe(0.5);
});

it('holds two readings against each other, where the first leaves no doubt', () => {
  const labels = [[0], [0], [0]];
  const one = readings(
    [
      [0.9, 0.1],
      [0.5, 0.4999],
      [0.2, 0.6],
    ],
    labels,
  );
  const other = readings(
    [
      [0.9, 0.1],
      [0.4999, 0.5],
      [0.6, 0.2],
    ],
    labels,
  );
  expect(agreement(one, other)).toBe(1);
  expect(agreementOfBackends(one, other)).toEqual({ decided: 2, agree: 1 });
});
