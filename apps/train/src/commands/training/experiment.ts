import { formatCount, formatDuration } from '@capsnet/checks';
import pc from 'picocolors';
import { type Experiment, readExperiment } from '../../experiments/experiment';
import { distinct, errorIn, errorOf, type Row, readRow, voteText } from '../../experiments/experiment-row';
import { writeResultsPage } from '../../experiments/results-page';
import { type Console, openConsole, table } from '../../terminal/console';
import { UsageError } from '../../terminal/errors';
import { command } from '../command';
import { backend, json, queueUrl, runs, sharedRuns, takeOver, workersOption } from '../options';
import { trainExperiments } from './train-experiments';

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
  .addOption(workersOption().conflicts(['queue', 'takeOver']))
  .addOption(queueUrl().conflicts('takeOver'))
  .addOption(sharedRuns)
  .addOption(takeOver)
  .addOption(backend)
  .addOption(json)
  .action(async (files, options) => {
    const output = openConsole(options.json ?? false);
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
    const code = await trainExperiments(experiments, {
      ...options,
      output,
      onRow: (experiment, row) => tellRow(output, experiment, row),
    });
    if (code !== 0) process.exitCode = code;
  });

function tellRow(output: Console, experiment: Experiment, row: Row): void {
  printRow(output, experiment, row);
  output.emit({ type: 'row', experiment: experiment.name, ...row });
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
