import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { formatCount, formatDuration } from '@capsnet/checks';
import { networkConfig } from '@capsnet/core';
import pc from 'picocolors';
import type { RunConfig } from '../config/schema';
import { digestsOf } from '../data/digests';
import { loadData } from '../data/load-data';
import { sizesOf } from '../data/sizes';
import type { ImageSets } from '../data-sets/data-set';
import { configOf, type Experiment, readExperiment } from '../experiments/experiment';
import {
  checkSame,
  checkSameData,
  distinct,
  errorIn,
  errorOf,
  extendRow,
  missingSeeds,
  type Row,
  readRow,
  type Trained,
  voteText,
} from '../experiments/experiment-row';
import { writeResultsPage } from '../experiments/results-page';
import { keepScores } from '../experiments/vote';
import { type Results, readResults } from '../runs/results';
import { type RunFolder, readRunConfig, runFolder } from '../runs/run-folder';
import { expectSameConfig, expectSameData, readSessions, withoutPlace } from '../runs/sessions';
import { type Console, openConsole, table } from '../terminal/console';
import { UsageError, withContext, within } from '../terminal/errors';
import { invocation } from '../terminal/invocation';
import { startTraining } from '../training/start-training';
import { command } from './command';
import { backend, json, runs, takeOver } from './options';

export const experiment = command(
  'experiment',
  'Train what files describe, one seed after the other, and keep the results as rows of a table.',
  [
    ['capsnet experiment experiments/*.json', 'train what is missing; go on where it was interrupted'],
    ['timeout --preserve-status 50m capsnet experiment a.json', 'a slice; the same command takes the next'],
    ['capsnet experiment experiments/*.json --page results.md', 'a page of all rows; trains nothing'],
  ],
)
  .argument('<file...>', 'experiments; the row of DIR/NAME.json is kept in DIR/results/NAME.json')
  .addOption(runs)
  .option('--page <file>', 'write the rows into this Markdown file, and train nothing')
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
    for (const experiment of experiments) {
      const code = await complete(experiment, given);
      if (code !== 0) {
        process.exitCode = code;
        return;
      }
    }
  });

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
    const run = runFolder(given.runs, `${experiment.name}-seed-${seed}`);
    const sizes = sizesOf(data, stated);
    const config = configOf(experiment, seed, sizes);
    const code = await trainSeed({ experiment, run, config, data }, given);
    if (code !== 0) return code;
    const trained = await trainedIn(run, config, experiment);
    const scores = await keepScores(experiment, seed, run);
    row = await extendRow(experiment, sizes, row, { ...trained, ...(scores !== undefined && { scores }) });
  }
  printRow(given.output, experiment, row!);
  given.output.emit({ type: 'row', experiment: experiment.name, ...row });
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

async function trainedIn(run: RunFolder, config: RunConfig, { file }: Experiment): Promise<Trained> {
  const results = await readResults(run);
  expectOfConfig(run, results, config);
  return {
    seed: config.training.seed,
    images: results.test.images,
    error: results.test.error,
    ...(results.test.halfCreditError !== undefined && { halfCreditError: results.test.halfCreditError }),
    loss: results.test.loss,
    parameters: results.parameters,
    epochs: results.epochs,
    steps: results.steps,
    samples: results.steps * config.training.batchSize,
    seconds: results.seconds,
    imagesPerSecond: results.imagesPerSecond,
    backend: results.backend,
    ...(results.earlierBackends && { earlierBackends: results.earlierBackends }),
    ...(results.data && { data: results.data }),
    versions: results.versions,
    commit: results.commit,
    command: invocation('experiment', relative('', file).replaceAll('\\', '/')),
    date: results.date,
  };
}

/** @throws UsageError when the results were written by a run of another configuration */
function expectOfConfig(run: RunFolder, { seed }: Results, { model, training }: RunConfig): void {
  if (seed.model === model.seed && seed.training === training.seed) return;
  throw new UsageError(
    `${run.results}: seed: expected ${training.seed}, as in ${run.config}, found ${seed.training}: ` +
      'remove the file, and the command tests the run again',
  );
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
