import fc from 'fast-check';
import { distance as distanceOfLibrary } from 'fastest-levenshtein';
import { expect, it } from 'vitest';
import { distance, nearest } from './nearest';

it('counts letters as another implementation does', () => {
  const words = fc.oneof(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 }), fc.string());
  fc.assert(
    fc.property(words, words, (from, to) => {
      expect(distance(from, to)).toBe(distanceOfLibrary(from, to));
    }),
  );
});

it('orders words by what somebody may have meant', () => {
  expect(nearest('batchsize', ['seed', 'size', 'batchSize'])).toEqual(['batchSize', 'size', 'seed']);
  expect(nearest('', ['bb', 'a', 'c'])).toEqual(['a', 'c', 'bb']);
  expect(nearest('x'.repeat(1e6), ['a'])).toEqual(['a']);
});
