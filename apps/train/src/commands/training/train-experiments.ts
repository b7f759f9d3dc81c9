import { existsSync } from 'node:fs';
import { networkConfig } from '@capsnet/core';
import pc from 'picocolors';
import type { RunConfig } from '../../config/schema';
import { digestsOf } from '../../data/digests';
import { loadData } from '../../data/load-data';
import { sizesOf } from '../../data/sizes';
import type { ImageSets } from '../../data-sets/data-set';
import { configOf, type Experiment } from '../../experiments/experiment';
import { checkSame, checkSameData, missingSeeds, type Row, readRow } from '../../experiments/experiment-row';
import { addToRow, runNameOf } from '../../experiments/finished-run';
import { type RunFolder, readRunConfig, runFolder } from '../../runs/run-folder';
import { expectSameConfig, expectSameData, readSessions, withoutPlace } from '../../runs/sessions';
import type { Console } from '../../terminal/console';
import { withContext, within } from '../../terminal/errors';
import { invocation } from '../../terminal/invocation';
import { listenForInterruption } from '../../training/interruption';
import { startTraining } from '../../training/start-training';

/** What holds for all experiments of a command. */
export interface ExperimentsRequest {
  /** The folder of all runs. */
  readonly runs: string;
  /** Trainings at a time, in processes of this machine. Default 1, in this process. */
  readonly workers?: number | undefined;
  /** The address of a Redis whose workers train instead. */
  readonly queue?: string | undefined;
  /** The folder of all runs that every worker of the queue sees, if there is one. */
  readonly sharedRuns?: string | undefined;
  readonly backend?: string | undefined;
  readonly takeOver?: boolean | undefined;
  /** The images of all of them, where they are loaded already. */
  readonly data?: ImageSets | undefined;
  readonly output: Console;
  /** All seeds of an experiment are trained. */
  readonly onRow: (experiment: Experiment, row: Row) => void;
}

/**
 * Trains the seeds that the rows lack, here one after the other or by a queue, and writes the rows.
 *
 * @returns the exit code: 0, or that of an interruption; the same command goes on then
 */
export async function trainExperiments(
  experiments: readonly Experiment[],
  request: ExperimentsRequest,
): Promise<number> {
  if (request.queue !== undefined || (request.workers ?? 1) > 1) return trainByQueue(experiments, request);
  for (const experiment of experiments) {
    const code = await complete(experiment, request);
    if (code !== 0) return code;
  }
  return 0;
}

async function trainByQueue(
  experiments: readonly Experiment[],
  { runs, workers = 1, queue: url, sharedRuns, backend, output, onRow }: ExperimentsRequest,
): Promise<number> {
  const { trainAll } = await import('../../queue/train-all');
  const place = { runs: sharedRuns ?? runs, isShared: sharedRuns !== undefined };
  const interruption = listenForInterruption(() => {
    if (url === undefined)
      output.warn(
        '\neach training finishes its step and writes a checkpoint; press Ctrl-C again to quit now',
      );
  });
  const queue =
    url === undefined
      ? (await import('../../queue/embedded-queue')).embeddedQueue(workers, runs)
      : await (await import('../../queue/redis-queue')).redisQueue(url, place, note => output.note(note));
  try {
    const wanted = { queue, runs: place.runs, backend: backend ?? null, keepHosts: url !== undefined };
    await trainAll(experiments, wanted, { output, signal: interruption.abort, onRow });
    const code = interruption.exitCode();
    if (code === undefined) return 0;
    const resume = invocation(...process.argv.slice(2));
    output.print(
      url === undefined
        ? `\nstopped, with a checkpoint of each training; go on with\n\n  ${resume}\n`
        : `\nthe trainings go on; wait for them again with\n\n  ${resume}\n`,
    );
    output.emit({ type: 'interrupted', resume });
    return code;
  } finally {
    await queue.close();
    interruption.dispose();
  }
}

/**
 * Trains the seeds that the row lacks, and tells the row.
 *
 * @returns the exit code: 0, or that of a training which was interrupted
 */
async function complete(experiment: Experiment, request: ExperimentsRequest): Promise<number> {
  let row = await readRow(experiment);
  let { data } = request;
  for (const seed of missingSeeds(experiment, row)) {
    const stated = configOf(experiment, seed);
    data ??= await dataOf(experiment, stated, row);
    const run = runFolder(request.runs, runNameOf(experiment, seed));
    const config = configOf(experiment, seed, sizesOf(data, stated));
    const code = await trainSeed({ experiment, run, config, data }, request);
    if (code !== 0) return code;
    row = await addToRow(experiment, seed, run, row);
  }
  request.onRow(experiment, row!);
  return 0;
}

async function dataOf(
  experiment: Experiment,
  { data: choice }: RunConfig,
  row: Row | undefined,
): Promise<ImageSets> {
  const data = await loadData(choice);
  checkSameData(experiment, row, digestsOf(data));
  return data;
}

interface Training {
  readonly experiment: Experiment;
  readonly run: RunFolder;
  readonly config: RunConfig;
  readonly data: ImageSets;
}

/** Begins the run, goes on with it, or leaves it as it is when it is finished. */
async function trainSeed(
  { experiment, run, config, data }: Training,
  { output, backend, takeOver = false }: ExperimentsRequest,
): Promise<number> {
  const resume = existsSync(run.config);
  if (resume) {
    await expectOfExperiment(experiment, run, config);
    if (existsSync(run.results)) {
      await expectSameConfig(run, await readRunConfig(run));
      await expectSameData(run, digestsOf(data));
      return 0;
    }
  }
  output.print(`\n${pc.bold(experiment.title)}, seed ${config.training.seed}`);
  await withContext(experiment.file, () => networkConfig(config.model));
  return startTraining({
    run,
    config,
    data,
    backend: backend ?? config.backend,
    output,
    resume,
    takeOver,
    resumeWith: invocation(...process.argv.slice(2).filter(arg => arg !== '--take-over')),
  });
}

/** @throws UsageError when the run was begun with other settings than those of the experiment now */
async function expectOfExperiment(experiment: Experiment, run: RunFolder, config: RunConfig): Promise<void> {
  const before = await readRunConfig(run);
  // Where the images lay does not matter when it is known which they were.
  const known = (await readSessions(run)).length > 0;
  await within(run.path, () =>
    checkSame(experiment, known ? withoutPlace(before) : before, known ? withoutPlace(config) : config),
  );
}
