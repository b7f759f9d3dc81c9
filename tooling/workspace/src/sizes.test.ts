import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { root } from './packages.mjs';
import { linesBelow, readRecord, sizeLines } from './sizes.mjs';

it('counts the lines of modules, and neither tests nor declarations nor data', () => {
  const folder = mkdtempSync(join(tmpdir(), 'capsnet-sizes-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'deep'));
  for (const file of ['a.ts', 'deep/b.tsx', 'a.test.ts', 'a.d.ts', 'a.json'])
    writeFileSync(join(folder, file), 'one\ntwo\n');
  expect(linesBelow(folder)).toBe(4);
});

it('shows what has changed', () => {
  const now = { a: { lines: 1200, kilobytes: 10.4 }, b: { lines: 7 }, c: { lines: 3 } };
  const before = { since: '2026-01-02', packages: { a: { lines: 1210, kilobytes: 10.3 }, b: { lines: 7 } } };
  expect(sizeLines(now, before).map(line => line.trim().replace(/ {2,}/g, ' | '))).toEqual([
    'size | source lines | packed kB | (changed since 2026-01-02)',
    'a | 1,200 (-10) | 10.4 (+0.1)',
    'b | 7',
    'c | 3 (new)',
  ]);
});

it('has sizes of these packages to compare with', () => {
  const earlier = readRecord().packages['@capsnet/core']?.lines ?? 0;
  expect(earlier).toBeGreaterThan(1000);
  expect(linesBelow(join(root, 'packages', 'core', 'src'))).toBeGreaterThan(earlier / 2);
});
