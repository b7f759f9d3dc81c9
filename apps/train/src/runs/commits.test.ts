import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recordCommit } from './commits';
import { runFolder } from './run-folder';

/** A run whose folder is there. */
function begun() {
  const path = mkdtempSync(join(tmpdir(), 'capsnet-commits-'));
  return { ...runFolder('runs', 'any'), path, commits: join(path, 'commits.json') };
}

test('a run that is resumed under another commit records both', async () => {
  const run = begun();
  expect(await recordCommit(run, 'a')).toBe('a');
  expect(await recordCommit(run, 'a')).toBe('a');
  expect(await recordCommit(run, 'b-dirty')).toBe('a, b-dirty');
  expect(await recordCommit(run, undefined)).toBe('a, b-dirty, unknown');
  expect(JSON.parse(readFileSync(run.commits, 'utf8'))).toEqual(['a', 'b-dirty', 'unknown']);
});

test('outside a repository nothing is kept', async () => {
  const run = begun();
  expect(await recordCommit(run, undefined)).toBeUndefined();
  expect(existsSync(run.commits)).toBe(false);
});
