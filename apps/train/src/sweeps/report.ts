import { existsSync } from 'node:fs';
import { formatCount } from '@capsnet/checks';
import pc from 'picocolors';
import writeFileAtomic from 'write-file-atomic';
import { readMeasurements } from '../runs/metrics-log';
import { readObjective } from '../runs/objective';
import { runFolder } from '../runs/run-folder';
import { type Console, table } from '../terminal/console';
import { invocation } from '../terminal/invocation';
import { sweepFolder } from './run-sweep';
import { imagesSeen, type Standing, standingsOf, standingsTable, stateText } from './standings';
import type { Sweep } from './sweep';
import { type CurveOf, mostShown, sweepPage } from './sweep-page';
import type { SweepState } from './sweep-state';

/** In milliseconds: a page of many runs takes a moment, and may be open in a browser. */
const pageEvery = 10_000;
/** On a terminal; the page has more, and `--json` all. */
const mostLines = 30;

/** What of a sweep is shown: the page while it runs, and all at its end. */
export function openReport(sweep: Sweep, runs: string, output: Console) {
  const { page } = sweepFolder(runs, sweep.name);
  let written = Number.NEGATIVE_INFINITY;

  async function writePage(state: SweepState) {
    const standings = standingsOf(state, sweep);
    const curves = await Promise.all(standings.slice(0, mostShown).map(standing => curveOf(standing, runs)));
    await writeFileAtomic(page, sweepPage(sweep, state, standings, curves));
    written = performance.now();
  }

  return {
    async onChange(state: SweepState) {
      if (performance.now() - written > pageEvery) await writePage(state);
    },
    async end(state: SweepState) {
      await writePage(state);
      const standings = standingsOf(state, sweep);
      print(sweep, state, standings, { runs, output, page });
      output.emit({
        type: 'sweep',
        sweep: sweep.name,
        isOver: state.isOver,
        images: imagesSeen(state),
        page,
        trials: standings.map(standing => documentOf(standing, sweep, state.isOver)),
      });
    },
  };
}

interface Place {
  readonly runs: string;
  readonly output: Console;
  readonly page: string;
}

function print(
  sweep: Sweep,
  state: SweepState,
  standings: readonly Standing[],
  { runs, output, page }: Place,
): void {
  if (standings.length === 0) return;
  output.print(`\n${pc.bold(sweep.described.title)}\n`);
  output.print(standingsTable(standings.slice(0, mostLines), sweep, state.isOver));
  const more = standings.length - mostLines;
  if (more > 0) output.print(pc.dim(`and ${more} more`));
  output.print();
  output.print(
    table([
      ['images seen', formatCount(imagesSeen(state))],
      ['page', page],
      ['for Optuna', sweepFolder(runs, sweep.name).optuna],
    ]),
  );
  const [best] = standings;
  if (!state.isOver || !best?.trial.isFinished) return;
  const folder = runs === 'runs' ? [] : ['--runs', runs];
  output.print(
    `\nno test image was looked at; test the best by\n\n  ${invocation('train', '--resume', '--name', best.run, ...folder)}\n`,
  );
}

function documentOf({ rank, trial, run }: Standing, sweep: Sweep, isOver: boolean) {
  const { number, values, end, scores, climbed } = trial;
  return {
    rank,
    trial: number,
    run,
    values,
    state: stateText(trial, sweep, isOver),
    ...(scores.at(-1) && { error: scores.at(-1)!.error, loss: scores.at(-1)!.loss }),
    images: end?.images ?? 0,
    steps: end?.steps ?? 0,
    rungs: climbed.map(({ steps, images, error, loss }) => ({ steps, images, error, loss })),
  };
}

/** The error on the validation images over the images seen. */
async function curveOf({ trial, run: name }: Standing, runs: string): Promise<CurveOf> {
  const run = runFolder(runs, name);
  const objective = existsSync(run.path) ? await readObjective(run).catch(() => undefined) : undefined;
  if (!objective || objective.steps === 0) return { trial: trial.number, points: [] };
  const batchSize = objective.images / objective.steps;
  return {
    trial: trial.number,
    points: readMeasurements(run.path)
      .filter(({ split, step }) => split === 'validation' && step <= objective.steps)
      .map(({ step, accuracy }) => ({ images: step * batchSize, error: 100 * (1 - accuracy) })),
  };
}
