import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatCount, formatDuration, formatPercent } from '@capsnet/checks';
import pc from 'picocolors';
import type { Experiment } from '../../experiments/experiment';
import { distinct, errorOf, type Row, voteText } from '../../experiments/experiment-row';
import { runNameOf } from '../../experiments/finished-run';
import { prepareNewRun } from '../../preparation/new-run';
import { expectImagesOfSeeds, experimentOfSeeds } from '../../preparation/seeds';
import type { TrainingOptions } from '../../preparation/stated-settings';
import { type Console, columns, table } from '../../terminal/console';
import { trainExperiments } from './train-experiments';

interface SeedsOptions extends TrainingOptions {
  readonly seeds: readonly number[];
  readonly workers?: number | undefined;
  readonly takeOver?: boolean | undefined;
}

/**
 * Trains one configuration once for each seed, into runs NAME-seed-N; goes on with those that are there.
 *
 * @returns the exit code, as `startTraining`
 */
export async function trainSeeds(options: SeedsOptions, output: Console): Promise<number> {
  const { runs, seeds, workers, takeOver, preset = 'paper', name = preset } = options;
  const { config, data } = await prepareNewRun(options, output);
  // The runs hold all that is known of them: the row is made anew each time.
  const folder = await mkdtemp(join(tmpdir(), 'capsnet-seeds-'));
  try {
    const experiment = experimentOfSeeds(name, seeds, { preset, config, folder });
    await expectImagesOfSeeds(experiment, runs, data);
    return await trainExperiments([experiment], {
      runs,
      workers,
      backend: config.backend ?? undefined,
      takeOver,
      data,
      output,
      onRow: (experiment, row) => tellSeeds(output, experiment, row),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function tellSeeds(output: Console, experiment: Experiment, row: Row): void {
  output.print(`\n${pc.bold(experiment.title)}\n`);
  output.print(
    columns([
      ['run', 'test error', 'wrong', 'loss', 'epochs', 'time'],
      ...row.trained.map(({ seed, error, images, loss, epochs, seconds }) => [
        runNameOf(experiment, seed),
        formatPercent(error),
        `${formatCount(Math.round(error * images))} of ${formatCount(images)}`,
        loss.toFixed(4),
        String(epochs),
        formatDuration(seconds),
      ]),
    ]),
  );
  output.print(
    `\n${table([
      [row.standardDeviation ? 'mean ± standard deviation' : 'test error', pc.bold(errorOf(row))],
      ...(row.vote ? ([['their vote', voteText(row.vote)]] as const) : []),
      ['images', distinct(row, ({ images }) => formatCount(images))],
    ])}`,
  );
  output.emit({ type: 'seeds', name: experiment.name, ...row });
}
