import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reliabilityPage, resultList } from './reliability-page';
import type { Results } from './results';

const docs = (name: string) => new URL(`../../../docs/${name}`, import.meta.url);
const stored: Results | null = existsSync(docs('reliability.json'))
  ? JSON.parse(readFileSync(docs('reliability.json'), 'utf8'))
  : null;

test('docs/reliability.md is what docs/reliability.json says', () => {
  expect(readFileSync(docs('reliability.md'), 'utf8')).toBe(reliabilityPage(stored));
});

test('the list says what was counted, and what was skipped and why', () => {
  const tests: Results['tests'] = [
    { fault: 'a fault', name: 'wasm', state: 'passed', counts: { inputs: 100_000, 'MB at most': '0.5' } },
    { fault: 'a fault', name: 'native', state: 'skipped', counts: {}, reason: 'not built' },
  ];
  expect(resultList({ tests })).toBe(
    '### A fault\n\n- wasm: 100,000 inputs, 0.5 MB at most\n- native: skipped, not built',
  );
});
