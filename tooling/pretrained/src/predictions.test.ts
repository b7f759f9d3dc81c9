import { expect, it } from 'vitest';
import { agreement, agreementOfBackends, predictedClasses } from './predictions';

it('predicts the class of the longest capsule, and as many as there are digits', () => {
  const one = { lengths: [[0.1, 0.75, 0.5]], digits: 1 };
  expect(predictedClasses(one)).toEqual([{ classes: '1', lead: 0.25 }]);
  const two = { lengths: [[0.75, 0.25, 0.5, 0.125]], digits: 2 };
  expect(predictedClasses(two)).toEqual([{ classes: '0,2', lead: 0.25 }]);
});

it('holds two predictions against each other, where the first leaves no doubt', () => {
  const one = {
    lengths: [
      [0.9, 0.1],
      [0.5, 0.4999],
      [0.2, 0.6],
    ],
    digits: 1,
  };
  const other = {
    lengths: [
      [0.9, 0.1],
      [0.4999, 0.5],
      [0.6, 0.2],
    ],
    digits: 1,
  };
  expect(agreement(one, other)).toBe(1);
  expect(agreementOfBackends(one, other)).toEqual({ decided: 2, agree: 1 });
});
