import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../terminal/errors';
import { namePattern, type RunFolder, runFolder } from './run-folder';

/**
 * The named run, or the newest unfinished one.
 *
 * @throws UsageError when there is none, or the named one is finished
 */
export function findUnfinishedRun(runs: string, name: string | undefined): RunFolder {
  if (name === undefined) {
    const newest = findRuns(runs).find(run => !existsSync(run.results));
    if (!newest) throw new UsageError(`--resume: no unfinished run in ${runs}`);
    return newest;
  }
  const run = findRun(runs, name);
  if (existsSync(run.results)) throw new UsageError(`--resume: ${run.path} is finished`);
  return run;
}

/** @throws UsageError when there is no such run */
export function findRun(runs: string, name: string): RunFolder {
  const run = runFolder(runs, name);
  if (existsSync(run.config)) return run;
  const others = findRuns(runs).map(other => other.name);
  const hint = others.length > 0 ? `found ${others.slice(0, 5).join(', ')}` : 'found none';
  throw new UsageError(`no run ${name} in ${runs}: ${hint}`);
}

/** Newest first. */
export function findRuns(runs: string): RunFolder[] {
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .filter(name => namePattern.test(name) && existsSync(join(runs, name, 'config.json')))
    .map(name => ({ run: runFolder(runs, name), started: statSync(join(runs, name, 'config.json')).mtimeMs }))
    .sort((a, b) => b.started - a.started)
    .map(({ run }) => run);
}
