import { linearCongruential } from '@capsnet/testing/linear-congruential';
import { expect, it } from 'vitest';
import type { ScoredImages } from './scored-images';
import { usualOf } from './usual';

/** Scores without any sense, so that many are right by chance. */
function randomScores(images: number, digits: number): ScoredImages {
  const random = linearCongruential(3);
  const labels = Array.from({ length: images }, () => {
    const first = Math.floor(10 * random());
    return [first, (first + 1 + Math.floor(9 * random())) % 10].slice(0, digits);
  });
  return {
    classes: 10,
    digits,
    scores: Float32Array.from({ length: 10 * images }, random),
    labels: Int32Array.from(labels.flat()),
  };
}

it.each([
  ['one digit', 1],
  ['two', 2],
])('all but 1 in 100 rightly classified images of %s reach it', (_, digits) => {
  const scored = randomScores(150_000, digits);
  const right: number[] = [];
  for (let image = 0; image < 150_000; image++) {
    const row = [...scored.scores.subarray(10 * image, 10 * image + 10)];
    const labels = [...scored.labels.subarray(digits * image, digits * (image + 1))];
    const least = Math.min(...labels.map(label => row[label]!));
    if (least > Math.max(...row.filter((_, label) => !labels.includes(label)))) right.push(least);
  }
  expect(right.length).toBeGreaterThan(2000);
  const { score } = usualOf(scored)!;
  const below = right.filter(value => value < score).length;
  expect(right).toContain(score);
  expect(below).toBeLessThanOrEqual(right.length / 100);
  expect(below + 1).toBeGreaterThan(right.length / 100);
});

it('is unknown when no image is classified rightly', () => {
  const wrong = { classes: 2, digits: 1, scores: Float32Array.of(1, 0), labels: Int32Array.of(1) };
  expect(usualOf(wrong)).toBeUndefined();
});

it('all but 1 in 100 rightly classified images are drawn with no larger error', () => {
  const count = 1000;
  const scored = {
    classes: 2,
    digits: 1,
    scores: Float32Array.from({ length: 2 * count }, (_, at) => (at % 2 === 0 ? 0.9 : 0.1)),
    // The last hundred are wrong, and drawn worst.
    labels: Int32Array.from({ length: count }, (_, image) => (image < 900 ? 0 : 1)),
  };
  const errors = Float32Array.from({ length: count }, (_, image) => image);
  // Of 900 right ones 9 are larger.
  expect(usualOf(scored, errors)).toEqual({ score: Math.fround(0.9), reconstructionError: 890 });
});
