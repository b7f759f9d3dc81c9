import { existsSync } from 'node:fs';
import { formatCount, formatDuration } from '@capsnet/checks';
import { networkConfig } from '@capsnet/core';
import { Option } from '@commander-js/extra-typings';
import pc from 'picocolors';
import type { RunConfig } from '../../config/schema';
import { digestsOf } from '../../data/digests';
import { loadData } from '../../data/load-data';
import { sizesOf } from '../../data/sizes';
import type { ImageSets } from '../../data-sets/data-set';
import { configOf, type Experiment, readExperiment } from '../../experiments/experiment';
import {
  checkSame,
  checkSameData,
  distinct,
  errorIn,
  errorOf,
  missingSeeds,
  type Row,
  readRow,
  voteText,
} from '../../experiments/experiment-row';
import { addToRow, runNameOf } from '../../experiments/finished-run';
import { writeResultsPage } from '../../experiments/results-page';
import { type RunFolder, readRunConfig, runFolder } from '../../runs/run-folder';
import { expectSameConfig, expectSameData, readSessions, withoutPlace } from '../../runs/sessions';
import { type Console, openConsole, table } from '../../terminal/console';
import { UsageError, withContext, within } from '../../terminal/errors';
import { invocation } from '../../terminal/invocation';
import { listenForInterruption } from '../../training/interruption';
import { startTraining } from '../../training/start-training';
import { command } from '../command';
import { backend, json, positiveNumber, queueUrl, runs, sharedRuns, takeOver } from '../options';

export const experiment = command(
  'experiment',
  'Train what files describe, one seed after the other, and keep the results as rows of a table.',
  [
    ['capsnet experiment experiments/*.json', 'train what is missing; go on where it was interrupted'],
    ['timeout --preserve-status 50m capsnet experiment a.json', 'a slice; the same command takes the next'],
    ['capsnet experiment experiments/*.json --workers 4', 'four trainings at a time'],
    ['capsnet experiment experiments/*.json --queue redis://10.0.0.1:6379', 'by workers of other machines'],
    ['capsnet experiment experiments/*.json --page results.md', 'a page of all rows; trains nothing'],
  ],
)
  .argument('<file...>', 'experiments; the row of DIR/NAME.json is kept in DIR/results/NAME.json')
  .addOption(runs)
  .option('--page <file>', 'write the rows into this Markdown file, and train nothing')
  .addOption(
    new Option(
      '--workers <n>',
      'trainings at a time, in processes of this machine that divide its processors',
    )
      .argParser(positiveNumber)
      .conflicts(['queue', 'takeOver']),
  )
  .addOption(queueUrl().conflicts('takeOver'))
  .addOption(sharedRuns)
  .addOption(takeOver)
  .addOption(backend)
  .addOption(json)
  .action(async (files, options) => {
    const output = openConsole(options.json ?? false);
    const given: Given = { ...options, output };
    const experiments = await Promise.all(files.map(readExperiment));
    // A row that cannot be extended is found before hours of training.
    const rows = await Promise.all(experiments.map(readRow));
    if (options.page !== undefined) {
      await writeResultsPage(options.page, experiments, rows);
      output.print(options.page);
      output.emit({ file: options.page });
      return;
    }
    if (options.sharedRuns !== undefined && options.queue === undefined) {
      throw new UsageError('--shared-runs: expected --queue with it; without a queue it is --runs');
    }
    if (options.queue !== undefined || (options.workers ?? 1) > 1) {
      process.exitCode = await trainByQueue(experiments, options, output);
      return;
    }
    for (const experiment of experiments) {
      const code = await complete(experiment, given);
      if (code !== 0) {
        process.exitCode = code;
        return;
      }
    }
  });

interface QueueOptions {
  readonly runs: string;
  readonly workers?: number | undefined;
  readonly queue?: string | undefined;
  readonly sharedRuns?: string | undefined;
  readonly backend?: string | undefined;
}

/** @returns the exit code */
async function trainByQueue(
  experiments: readonly Experiment[],
  { runs, workers = 1, queue: url, sharedRuns, backend }: QueueOptions,
  output: Console,
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
    const request = { queue, runs: place.runs, backend: backend ?? null, keepHosts: url !== undefined };
    await trainAll(experiments, request, {
      output,
      signal: interruption.abort,
      onRow: (experiment, row) => tellRow(output, experiment, row),
    });
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

/** What holds for all experiments of the command. */
interface Given {
  readonly runs: string;
  readonly backend?: string | undefined;
  readonly takeOver?: boolean | undefined;
  readonly output: Console;
}

/**
 * Trains the seeds that the row lacks, and prints the row.
 *
 * @returns the exit code: 0, or that of a training which was interrupted
 */
async function complete(experiment: Experiment, given: Given): Promise<number> {
  let row = await readRow(experiment);
  let data: ImageSets | undefined;
  for (const seed of missingSeeds(experiment, row)) {
    const stated = configOf(experiment, seed);
    data ??= await dataOf(experiment, stated, row);
    const run = runFolder(given.runs, runNameOf(experiment, seed));
    const config = configOf(experiment, seed, sizesOf(data, stated));
    const code = await trainSeed({ experiment, run, config, data }, given);
    if (code !== 0) return code;
    row = await addToRow(experiment, seed, run, row);
  }
  tellRow(given.output, experiment, row!);
  return 0;
}

function tellRow(output: Console, experiment: Experiment, row: Row): void {
  printRow(output, experiment, row);
  output.emit({ type: 'row', experiment: experiment.name, ...row });
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
async function trainSeed({ experiment, run, config, data }: Training, given: Given): Promise<number> {
  const { output } = given;
  const resume = existsSync(run.config);
  if (resume) {
    const before = await readRunConfig(run);
    // Where the images lay does not matter when it is known which they were.
    const known = (await readSessions(run)).length > 0;
    await within(run.path, () =>
      checkSame(experiment, known ? withoutPlace(before) : before, known ? withoutPlace(config) : config),
    );
    if (existsSync(run.results)) {
      await expectSameConfig(run, before);
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
    backend: given.backend ?? config.backend,
    output,
    resume,
    takeOver: given.takeOver ?? false,
    resumeWith: invocation(...process.argv.slice(2).filter(arg => arg !== '--take-over')),
  });
}

function printRow(output: Console, { title, paper, row: file }: Experiment, row: Row): void {
  output.print(`\n${pc.bold(title)}\n`);
  output.print(
    table([
      [
        'test error',
        `${pc.bold(errorOf(row))} of ${distinct(row, ({ images }) => formatCount(images))} images`,
      ],
      ...(row.vote ? ([['their vote', voteText(row.vote)]] as const) : []),
      ...(paper ? ([['paper', errorIn(paper)]] as const) : []),
      ['seeds', distinct(row, ({ seed }) => String(seed))],
      ['epochs', distinct(row, ({ epochs }) => String(epochs))],
      ['images seen', distinct(row, ({ samples }) => formatCount(samples))],
      ['time', formatDuration(row.trained.reduce((sum, { seconds }) => sum + seconds, 0))],
      ['row', file],
    ]),
  );
}
