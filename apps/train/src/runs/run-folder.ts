import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { storedConfig } from '../config/resolve';
import type { RunConfig } from '../config/schema';
import { readJson } from '../files/json-file';
import { UsageError, withContext, within } from '../terminal/errors';

/** Where a run keeps what. */
export interface RunFolder {
  /** The folder of all runs, as the user gave it. */
  readonly runs: string;
  readonly name: string;
  readonly path: string;
  /** The resolved configuration; `--config` reads it again. */
  readonly config: string;
  /** What each process trained it with. */
  readonly sessions: string;
  /** Of a run that an earlier version began: the commits that trained it. */
  readonly commits: string;
  /** The best weights, or the last ones when there was no validation. */
  readonly model: string;
  readonly checkpoints: string;
  readonly tensorboard: string;
  readonly learningCurves: string;
  readonly confusionMatrix: string;
  readonly reconstructions: string;
  /** How much of each class the network sees in each test image. */
  readonly testScores: string;
  /** Of a run of a sweep: what its validation has come to. */
  readonly objective: string;
  /** Written last: a run without it is unfinished. */
  readonly results: string;
}

/** Letters and digits of any script. */
export const namePattern = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*$/u;
/** In bytes: that of most file systems, with room for what a checkpoint or a file in writing adds. */
const longestName = 200;

export function runFolder(runs: string, name: string): RunFolder {
  if (!namePattern.test(name)) {
    throw new UsageError(`--name ${name}: expected letters, digits, "-", "_" and "."`);
  }
  const bytes = Buffer.byteLength(name);
  if (bytes > longestName) {
    throw new UsageError(
      `--name ${name.slice(0, 20)}...: expected at most ${longestName} bytes, found ${bytes}`,
    );
  }
  const path = join(runs, name);
  return {
    runs,
    name,
    path,
    config: join(path, 'config.json'),
    sessions: join(path, 'sessions.json'),
    commits: join(path, 'commits.json'),
    model: join(path, 'model.safetensors'),
    checkpoints: join(path, 'checkpoints'),
    tensorboard: join(path, 'tensorboard'),
    learningCurves: join(path, 'learning-curves.svg'),
    confusionMatrix: join(path, 'confusion-matrix.svg'),
    reconstructions: join(path, 'reconstructions.png'),
    testScores: join(path, 'test-scores.safetensors'),
    objective: join(path, 'objective.json'),
    results: join(path, 'results.json'),
  };
}

/** @throws UsageError when the folder exists: a run is never overwritten */
export async function createRun(run: RunFolder, config: RunConfig): Promise<void> {
  const { runs, name } = run;
  const checkUnused = (cause?: unknown) => {
    if (!existsSync(run.path)) return;
    throw new UsageError(
      `${run.path} exists and is not overwritten: go on with --resume --name ${name}, or choose another --name`,
      { cause },
    );
  };
  checkUnused();
  // It has its name when it has its configuration: a process that dies in here leaves no run that cannot be resumed.
  const unfinished = join(runs, `.unfinished-${randomUUID()}`);
  await withContext(`--runs ${runs}`, async () => {
    await mkdir(runs, { recursive: true });
    await mkdir(unfinished);
    try {
      await writeFile(join(unfinished, 'config.json'), textOf(config));
      await rename(unfinished, run.path);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      checkUnused(error);
      throw error;
    }
  });
}

/**
 * Removes what a process that was killed while it wrote a file has left beside it, and the pictures of one that was watched. The folder
 * must be locked.
 */
export async function removeLeftovers({ path }: RunFolder): Promise<void> {
  const entries = await readdir(path);
  const leftovers = entries.filter(
    entry =>
      // As write-file-atomic names them.
      /^[\w-]+\.(json|jsonl|csv|svg|png|safetensors)\.\d+$/.test(entry) || entry.startsWith('watched-'),
  );
  await Promise.all(leftovers.map(entry => rm(join(path, entry))));
}

/** `paper-2025-11-24-0314`, or with a number behind it when that is taken. */
export function unusedName(runs: string, preset: string, now: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join('-');
  const name = `${preset}-${day}-${two(now.getHours())}${two(now.getMinutes())}`;
  for (let suffix = 1; ; suffix++) {
    const candidate = suffix === 1 ? name : `${name}-${suffix}`;
    if (!existsSync(join(runs, candidate))) return candidate;
  }
}

/** @throws UsageError that names the file and what is wrong with it */
export async function readRunConfig(run: RunFolder): Promise<RunConfig> {
  return within(run.config, async () => storedConfig(await readJson(run.config)));
}

export async function writeRunConfig(run: RunFolder, config: RunConfig): Promise<void> {
  await writeFileAtomic(run.config, textOf(config));
}

function textOf(config: RunConfig): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}
