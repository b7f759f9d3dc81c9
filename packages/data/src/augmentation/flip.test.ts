import { expect, test } from 'vitest';
import { seededRandom } from '../random/random';
import { randomFlip } from './flip';

const size = { height: 2, width: 3, channels: 2 };
const image = () => Float32Array.from({ length: 12 }, (_, at) => at);
const mirrored = [4, 5, 2, 3, 0, 1, 10, 11, 8, 9, 6, 7];

test('left becomes right, and channels stay', () => {
  const flipped = image();
  randomFlip(1)(flipped, size, seededRandom(1));
  expect([...flipped]).toEqual(mirrored);
});

test('as often as it is likely', () => {
  const random = seededRandom(3);
  let count = 0;
  for (let i = 0; i < 2000; i++) {
    const one = image();
    randomFlip(0.3)(one, size, random);
    if (one[0] === 4) count++;
    else expect(one).toEqual(image());
  }
  // Five standard deviations of a binomial distribution.
  expect(Math.abs(count - 600)).toBeLessThan(5 * Math.sqrt(2000 * 0.3 * 0.7));
});
