import { differences, show } from '@capsnet/checks';
import { resolveConfig } from '../config/resolve';
import type { RunConfig } from '../config/schema';
import { loadData } from '../data/load-data';
import type { ImageSets } from '../data-sets/data-set';
import { findRun, findUnfinishedRun } from '../runs/find-run';
import { prolongedFrom, readConfigToGoOnWith, withEpochs } from '../runs/prolonging';
import type { RunFolder } from '../runs/run-folder';
import { readSessions, withoutPlace } from '../runs/sessions';
import type { Console } from '../terminal/console';
import { messageOf, UsageError } from '../terminal/errors';
import type { Prepared } from './new-run';
import { statedSettings, type TrainingOptions } from './stated-settings';

/** A run that goes on. */
export interface ResumedRun extends Prepared {
  readonly run: RunFolder;
  /** For how many epochs it was to train, when it is to train for more now. */
  readonly prolongedFrom: number | undefined;
}

/**
 * The run that is resumed. It goes on as it began; only the backend and the place of the images may change,
 * and the number of epochs may grow.
 *
 * @throws UsageError that names the first value that would be another
 */
export async function prepareResumedRun(options: TrainingOptions, output: Console): Promise<ResumedRun> {
  const mayBeFinished = options.name !== undefined && options.epochs !== undefined;
  const run = mayBeFinished
    ? findRun(options.runs, options.name)
    : findUnfinishedRun(options.runs, options.name);
  const before = await readConfigToGoOnWith(run);
  const config = resolveConfig(before, await statedSettings(before, options, output));
  const from = await prolongedFrom(run, before, config);
  // Images that lie elsewhere now are compared with those of the run, if it knows them.
  const comparable = (await readSessions(run)).length > 0 ? withoutPlace : withoutBackend;
  const known = withEpochs(before, config.training.epochs);
  expectUnchanged(comparable(known), comparable(config), run.path);
  return { run, config, data: await loadMoved(config, output), prolongedFrom: from };
}

/**
 * What a worker trains that takes over the run of the first one: where the images are, each worker knows itself.
 *
 * @throws UsageError that names the first value that would be another
 */
export async function prepareFollowedRun(
  before: RunConfig,
  options: TrainingOptions,
  output: Console,
): Promise<Prepared> {
  const config = resolveConfig(before, await statedSettings(before, options, output));
  expectUnchanged(withoutPlace(before), withoutPlace(config), 'worker 0');
  return { config, data: await loadMoved(config, output) };
}

/** @param owner who has the run */
function expectUnchanged(before: RunConfig, now: RunConfig, owner: string): void {
  const [difference] = differences(before, now);
  if (!difference) return;
  throw new UsageError(
    `--resume: ${owner} has ${difference.path} ${show(difference.before)}, found ${show(difference.now)}: ` +
      'a run goes on as it began; start a new one under another --name',
  );
}

function withoutBackend(config: RunConfig): RunConfig {
  return { ...config, backend: null };
}

async function loadMoved({ data }: RunConfig, output: Console): Promise<ImageSets> {
  try {
    return await loadData(data, output);
  } catch (error) {
    if (data.folder === null) throw error;
    throw new UsageError(
      `${messageOf(error)}; if the images lie elsewhere now, name their folder with --data`,
      {
        cause: error,
      },
    );
  }
}
