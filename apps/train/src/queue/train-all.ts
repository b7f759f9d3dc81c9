import { existsSync } from 'node:fs';
import { formatDuration, formatPercent, formatRate } from '@capsnet/checks';
import type { Experiment } from '../experiments/experiment';
import { missingSeeds, type Row, readRow } from '../experiments/experiment-row';
import { addToRow } from '../experiments/finished-run';
import { runFolder } from '../runs/run-folder';
import type { Console } from '../terminal/console';
import { messageOf } from '../terminal/errors';
import { type SeedTraining, seedTraining } from './seed-training';
import {
  supplyOf,
  type Training,
  type TrainingProgress,
  type TrainingQueue,
  type Watcher,
} from './training-queue';

interface Request {
  readonly queue: TrainingQueue;
  /** The folder of all runs. */
  readonly runs: string;
  readonly backend: string | null;
  /** Whether rows tell which machines have trained. */
  readonly keepHosts: boolean;
}

interface Surroundings {
  readonly output: Console;
  readonly signal: AbortSignal;
  /** All seeds of an experiment are trained. */
  readonly onRow: (experiment: Experiment, row: Row) => void;
}

/**
 * Has the seeds that the rows lack trained by a queue, and writes the rows. A training that fails keeps none of the others from its
 * end.
 *
 * @throws Error when some have failed, which names them and says why
 */
export async function trainAll(
  experiments: readonly Experiment[],
  { queue, runs, backend, keepHosts }: Request,
  { output, signal, onRow }: Surroundings,
): Promise<void> {
  const experimentOf = new Map<SeedTraining, Experiment>();
  const open = new Map<Experiment, number>();
  const rows = new Map<Experiment, Row | undefined>();
  for (const experiment of experiments) {
    let row = await readRow(experiment);
    const missing = missingSeeds(experiment, row);
    open.set(experiment, missing.length);
    for (const seed of missing) {
      const training = seedTraining(experiment, seed, backend);
      const run = runFolder(runs, training.runName);
      if (existsSync(run.results)) {
        row = await addToRow(experiment, seed, run, row);
        open.set(experiment, open.get(experiment)! - 1);
      } else experimentOf.set(training, experiment);
    }
    rows.set(experiment, row);
    if (open.get(experiment) === 0) onRow(experiment, row!);
  }
  const failures: string[] = [];
  const ended = queue.train(supplyOf([...experimentOf.keys()]), {
    signal,
    watcher: watcherOf(output, nameOf),
  });
  for await (const { training, hosts, failure } of ended) {
    const experiment = experimentOf.get(training)!;
    const { seed } = training;
    output.emit({ type: 'ended', ...nameOf(training), hosts, ...(failure !== undefined && { failure }) });
    if (failure !== undefined) {
      failures.push(`${training.label}: ${failure}`);
      output.warn(`${training.label}  failed: ${failure}`);
      continue;
    }
    try {
      const run = runFolder(runs, training.runName);
      const row = await addToRow(experiment, seed, run, rows.get(experiment), keepHosts ? hosts : undefined);
      rows.set(experiment, row);
      const { error } = row.trained.find(trained => trained.seed === seed)!;
      output.print(`${training.label}  test error ${formatPercent(error)}`);
      open.set(experiment, open.get(experiment)! - 1);
      if (open.get(experiment) === 0) onRow(experiment, row);
    } catch (error) {
      failures.push(`${training.label}: ${messageOf(error)}`);
    }
  }
  if (failures.length === 0) return;
  throw new Error(
    `${failures.length} of ${experimentOf.size} trainings failed: ${failures.join('; ')}. The same command tries them again`,
  );
}

/**
 * Tells ten times what comes at every step.
 *
 * @param nameOf what a training is called in documents for machines
 */
export function watcherOf<T extends Training>(output: Console, nameOf: (training: T) => object): Watcher<T> {
  const told = new Map<T, number>();
  return {
    onBegin(training, host) {
      output.print(`${training.label}  begins on ${host}`);
      output.emit({ type: 'begun', ...nameOf(training), host });
    },
    onProgress(training, progress) {
      output.emit({ type: 'progress', ...nameOf(training), ...progress });
      const tenth = Math.floor((10 * progress.step) / progress.totalSteps);
      if ((told.get(training) ?? 0) >= tenth) return;
      told.set(training, tenth);
      output.print(`${training.label}  ${progressText(progress)}`);
    },
    onNote(training, note) {
      const line = training ? `${training.label}  ${note}` : note;
      output.warn(line);
      output.emit({ type: 'note', ...(training && nameOf(training)), message: note });
    },
  };
}

function nameOf({ name, seed }: SeedTraining) {
  return { experiment: name, seed };
}

function progressText({ step, totalSteps, loss, imagesPerSecond, secondsLeft }: TrainingProgress): string {
  return (
    `step ${step}/${totalSteps}  loss ${loss.toFixed(4)}  ${formatRate(imagesPerSecond)}  ` +
    `${formatDuration(secondsLeft)} left`
  );
}
