import { times } from '@capsnet/testing/extent';
import { describe, expect, test } from 'vitest';
import { backends, demandBackend } from './backends';
import { count } from './counts';
import { training } from './training';

describe('two runs with one seed are the same, with two seeds they differ', () => {
  test.for(backends)('%s', async (backend, context) => {
    await demandBackend(context, backend);
    const { begin, weights } = training({ backend, epochs: 1 });
    const seeds = Array.from({ length: times({ full: 5, quick: 2 }) }, (_, index) => index + 1);
    const ends: Buffer[] = [];
    for (const seed of seeds) {
      for (const name of [`first-${seed}`, `second-${seed}`]) {
        const { code, stderr } = await begin(name, {}, ['--seed', String(seed)]);
        expect([code, stderr]).toEqual([0, '']);
      }
      expect(weights(`first-${seed}`).equals(weights(`second-${seed}`)), `seed ${seed}`).toBe(true);
      for (const other of ends) expect(weights(`first-${seed}`).equals(other), `seed ${seed}`).toBe(false);
      ends.push(weights(`first-${seed}`));
    }
    count(context, { seeds: seeds.length, 'pairs with the same bytes': seeds.length });
  });
});
