import { expect, it } from 'vitest';
import { mistakesOf, predictionsOf, type ScoredImages, voteOf } from './scored-images';
import { decodeScores, encodeScores } from './scores-file';

const scoredOf = (
  digits: number,
  rows: readonly (readonly number[])[],
  labels: readonly number[],
): ScoredImages => ({
  classes: rows[0]!.length,
  digits,
  scores: Float32Array.from(rows.flat()),
  labels: Int32Array.from(labels),
});

const pairs = scoredOf(
  2,
  [
    [0.9, 0.1, 0.8, 0], // right, in the other order
    [0.9, 0.1, 0.8, 0], // one of two
    [0, 0.3, 0.3, 0.3], // of equal ones the lower
    [0.1, 0.2, 0.3, 0.4], // none of two
  ],
  [2, 0, 0, 1, 1, 2, 0, 1],
);

it('counts pairs of which either digit is missed, and digits that are missed', () => {
  expect(predictionsOf(pairs)).toEqual([
    [0, 2],
    [0, 2],
    [1, 2],
    [3, 2],
  ]);
  expect(mistakesOf(pairs)).toEqual({ images: 2, digits: 3 });
});

it('of single digits both rules say the same', () => {
  const rows = [
    [0.2, 0.7],
    [0.5, 0.5],
    [0.9, 0.3],
  ];
  expect(mistakesOf(scoredOf(1, rows, [1, 1, 1]))).toEqual({ images: 2, digits: 2 });
});

it('two of three networks that are unsure are outvoted by a sure one', () => {
  const networks = [[[0.6, 0.5]], [[0.6, 0.5]], [[0.1, 0.9]]].map(rows => scoredOf(1, rows, [1]));
  expect(networks.map(scored => mistakesOf(scored).images)).toEqual([1, 1, 0]);
  const vote = voteOf(networks);
  expect(vote.scores[0]).toBeCloseTo(1.3 / 3, 6);
  expect(vote.scores[1]).toBeCloseTo(1.9 / 3, 6);
  expect(mistakesOf(vote).images).toBe(0);
});

it('scores are read as they were written, to 65535ths', () => {
  const read = decodeScores(encodeScores(pairs));
  expect(read).toMatchObject({ classes: 4, digits: 2, labels: pairs.labels });
  for (const [at, score] of pairs.scores.entries()) {
    expect(Math.abs(read.scores[at]! - score)).toBeLessThan(0.6 / 65535);
  }
});
