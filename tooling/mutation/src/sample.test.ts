import { expect, it } from 'vitest';
import { shuffled } from './sample.mjs';

const letters = [...'abcdefghijklmnop'];
const order = (seed: number, items = letters) => shuffled(items, seed, letter => letter).join('');

it('is the same for one seed, and another for another', () => {
  expect(order(1)).toBe(order(1, [...letters].reverse()));
  expect(order(1)).not.toBe(order(2));
  expect([...order(1)].sort()).toEqual(letters);
});

it('leaves the others in their order when one is gone', () => {
  const without = letters.filter(letter => letter !== 'c');
  expect(order(1, without)).toBe(order(1).replace('c', ''));
});
