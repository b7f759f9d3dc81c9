import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findRun, findRuns, findUnfinishedRun } from './find-run';

const runs = mkdtempSync(join(tmpdir(), 'capsnet-runs-'));

/** A run that began in this minute. */
function begin(name: string, minute: number, { finished = false } = {}): void {
  mkdirSync(join(runs, name));
  writeFileSync(join(runs, name, 'config.json'), '{}');
  utimesSync(join(runs, name, 'config.json'), 60 * minute, 60 * minute);
  if (finished) writeFileSync(join(runs, name, 'results.json'), '{}');
}
begin('b-second', 2);
begin('c-first', 1);
begin('a-third', 3, { finished: true });
mkdirSync(join(runs, 'no-run'));

it('lists runs, the one that began last first', () => {
  expect(findRuns(runs).map(({ name }) => name)).toEqual(['a-third', 'b-second', 'c-first']);
  expect(findRuns(join(runs, 'missing'))).toEqual([]);
});

it('takes the newest unfinished one, or the one that is named', () => {
  expect(findUnfinishedRun(runs, undefined).name).toBe('b-second');
  expect(findUnfinishedRun(runs, 'c-first').name).toBe('c-first');
  expect(() => findUnfinishedRun(runs, 'a-third')).toThrow('a-third is finished');
});

it('names the newest ones to who asks for another', () => {
  expect(() => findRun(runs, 'other')).toThrow(`no run other in ${runs}: found a-third, b-second, c-first`);
});
