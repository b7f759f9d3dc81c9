import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seeds } from '../../test/image-sets';
import { randomFromState, seededRandom, shuffle } from './random';

test('a generator goes on from its state', () => {
  fc.assert(
    fc.property(seeds, fc.nat({ max: 20 }), (seed, drawn) => {
      const random = seededRandom(seed);
      for (let i = 0; i < drawn; i++) random.next();
      const again = randomFromState(JSON.parse(JSON.stringify(random.getState())));
      for (let i = 0; i < 20; i++) expect(again.next()).toBe(random.next());
    }),
  );
});

test('neighbouring seeds begin differently', () => {
  const first = Array.from({ length: 1000 }, (_, seed) => seededRandom(seed).next());
  expect(new Set(first).size).toBe(1000);
  // Half of the 32 bits change from one seed to the next: mean 16, standard deviation 2.8 of one, .09 of 999.
  const changed = first.slice(1).map((value, i) => bits(value ^ first[i]!));
  expect(Math.abs(changed.reduce((sum, count) => sum + count) / 999 - 16)).toBeLessThan(5 * 0.09);
});

test('every order is equally likely', () => {
  const random = seededRandom(1);
  const times = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = Uint32Array.of(0, 1, 2, 3);
    shuffle(order, random);
    times.set(order.join(), (times.get(order.join()) ?? 0) + 1);
  }
  expect(times.size).toBe(24);
  // Binomial, 24,000 x 1/24: mean 1000, standard deviation 31.
  for (const count of times.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * 31);
});

function bits(word: number): number {
  return (word >>> 0).toString(2).replaceAll('0', '').length;
}
