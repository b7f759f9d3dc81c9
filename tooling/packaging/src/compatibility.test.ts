import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { pages, programs } from '../release/environments.js';
import { compatibilityPage, pageWith, readTrials } from './compatibility.js';

const trials = readTrials();

// Both are written by `npm run release:dry -- --save`.
it('the page of compatibility has the trials', () => {
  const page = readFileSync(compatibilityPage, 'utf8');
  expect(pageWith(page, trials)).toBe(page);
});

it('every environment was tried, and did what it was expected to', () => {
  const expected = [...pages, ...programs].map(({ name, refusal, needs = 'nothing' }) => [
    name,
    refusal ? 'says that it cannot' : 'works',
    needs,
  ]);
  expect(trials.map(({ environment, outcome, needs }) => [environment, outcome, needs])).toEqual(expected);
});
