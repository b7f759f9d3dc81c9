import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { folderStore } from '@capsnet/trainer/node';
import type { RunConfig } from '../config/schema';
import { UsageError } from '../terminal/errors';
import { readResults } from './results';
import { commandToFinish } from './run-commands';
import { type RunFolder, readRunConfig } from './run-folder';
import { readSessions, type Session } from './sessions';

/** `stopped` of the results of a run that somebody ended before its time. */
export const endedByUser = 'by-user';

/**
 * The configuration with which a run goes on. When a process was killed while it prolonged the run, only the sessions tell for how many
 * epochs it is to train.
 */
export async function readConfigToGoOnWith(run: RunFolder): Promise<RunConfig> {
  const config = await readRunConfig(run);
  const last = (await readSessions(run)).at(-1);
  if (last?.prolonged?.epochs !== config.training.epochs) return config;
  const { epochs } = (last.config as RunConfig).training;
  return withEpochs(config, epochs);
}

export function withEpochs(config: RunConfig, epochs: number): RunConfig {
  return { ...config, training: { ...config.training, epochs } };
}

/**
 * Whether a run is to train for more epochs than before.
 *
 * @returns for how many it was to train; undefined when it goes on as it began
 * @throws UsageError for fewer epochs, or a finished run and no more
 */
export async function prolongedFrom(
  run: RunFolder,
  before: RunConfig,
  { training: { epochs } }: RunConfig,
): Promise<number | undefined> {
  const planned = before.training.epochs;
  if (epochs < planned) {
    throw new UsageError(
      `--epochs ${epochs}: ${run.path} is to train for ${planned} epochs, and a run is not shortened: its learning rates ` +
        `were those of ${planned}. ${commandToFinish(run)} ends it where it is`,
    );
  }
  if (epochs > planned) return planned;
  if (!existsSync(run.results)) return undefined;
  const { stopped } = await readResults(run);
  if (stopped === endedByUser) return planned;
  throw new UsageError(
    `--epochs ${epochs}: ${run.path} is finished: expected more epochs than ${planned}, to train on`,
  );
}

/** The last step of a run, as its newest checkpoint has it. */
export async function newestStep(run: RunFolder): Promise<number> {
  return (await folderStore(run.checkpoints).list()).at(-1)?.step ?? 0;
}

/** The step up to which validations do not count for the patience of a run that has been prolonged. */
export function lastProlonging(sessions: readonly Session[]): number {
  return Math.max(0, ...sessions.map(({ prolonged }) => prolonged?.step ?? 0));
}

/** What a run came to before it was prolonged stays beside it: without `results.json` it is unfinished. */
export async function keepEarlierResults(run: RunFolder): Promise<void> {
  if (!existsSync(run.results)) return;
  const { steps } = await readResults(run);
  await rename(run.results, join(run.path, `results-step-${steps}.json`));
}
