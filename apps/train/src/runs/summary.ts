import { relative } from 'node:path';
import { formatBytes, formatCount, formatDuration, formatPercent, formatRate } from '@capsnet/checks';
import pc from 'picocolors';
import { type Console, table } from '../terminal/console';
import { endedByUser } from './prolonging';
import type { Results } from './results';
import { commandOn } from './run-commands';
import type { RunFolder } from './run-folder';

/** What a person wants to know when a training has ended. */
export function printResults(output: Console, { test, ...results }: Results, run: RunFolder): void {
  const inRun = (file: string) => relative(run.path, file);
  const on = (command: string, ...args: string[]) => commandOn(command, run, ...args);
  output.print(
    `\n${pc.bold(pc.green(`test accuracy ${formatPercent(test.accuracy)}`))}` +
      ` (${formatCount(test.mistakes)} of ${formatCount(test.images)} wrong)\n`,
  );
  const pictures = [
    run.learningCurves,
    ...(test.confusion === undefined ? [] : [run.confusionMatrix]),
    ...(test.reconstruction === undefined ? [] : [run.reconstructions]),
  ];
  output.print(
    table([
      ['time', `${formatDuration(results.seconds)}, ${formatRate(results.imagesPerSecond)}`],
      ['memory', `${formatBytes(results.peakMemory)} at its peak`],
      ...(results.stopped === endedByUser
        ? ([['ended', `in epoch ${results.epochs} of ${results.planned}, by --finish`]] as const)
        : []),
      ['model', run.model],
      ['pictures', pictures.map(inRun).join(', ')],
      ['metrics', 'results.json, metrics.csv, metrics.jsonl'],
    ]),
  );
  const next: readonly (readonly [string, string])[] = [
    [on('evaluate'), test.confusion ? 'the confusion table' : 'error and losses'],
    ...(test.reconstruction === undefined
      ? []
      : ([[on('perturb'), 'what each dimension of a capsule stands for']] as const)),
    [on('predict', results.classes ? 'picture.jpg' : 'digit.png'), 'classify a picture of your own'],
  ];
  output.print(`\n${pc.bold('Next')}`);
  const width = Math.max(...next.map(([line]) => line.length));
  for (const [line, meaning] of next) output.print(`  ${pc.cyan(line.padEnd(width))}   ${meaning}`);
}
