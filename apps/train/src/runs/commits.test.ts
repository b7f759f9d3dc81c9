import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitsOf } from './commits';
import { runFolder } from './run-folder';

const runs = mkdtempSync(join(tmpdir(), 'capsnet-commits-'));
const run = { ...runFolder(runs, 'any'), commits: join(runs, 'commits.json') };
const under = (...commits: (string | undefined)[]) =>
  commitsOf(
    run,
    commits.map(commit => ({ commit })),
  );

test('a run that is resumed under another commit has both, each time that they change', async () => {
  expect(await under('a')).toBe('a');
  expect(await under('a', 'a')).toBe('a');
  expect(await under('a', 'a', 'b-dirty', undefined, 'a')).toBe('a, b-dirty, unknown, a');
});

test('outside a checkout there is none', async () => {
  expect(await under(undefined, undefined)).toBeUndefined();
});

test('those that an earlier version kept come first', async () => {
  writeFileSync(run.commits, '["a", "b"]');
  expect(await under('b', 'c')).toBe('a, b, c');
  writeFileSync(run.commits, '{}');
  await expect(under('c')).rejects.toThrow(`${run.commits}: commits: expected a list, found an object`);
});
