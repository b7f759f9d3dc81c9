import { relative } from 'node:path';
import pc from 'picocolors';
import { type Console, table } from '../terminal/console';
import { bytes, count, duration, percent, rate } from '../terminal/format';
import { invocation } from '../terminal/invocation';
import type { Results } from './results';
import type { RunFolder } from './run-folder';

/** What a person wants to know when a training has ended. */
export function sayResults(
  output: Console,
  { test, ...results }: Results,
  run: RunFolder,
  runs: string,
): void {
  const inRun = (file: string) => relative(run.path, file);
  const named = runs === 'runs' ? ['--run', run.name] : ['--runs', runs, '--run', run.name];
  output.say(
    `\n${pc.bold(pc.green(`${percent(test.accuracy)} of ${count(test.images)} test images are read correctly`))}` +
      ` (${percent(test.error)} error, ${count(test.mistakes)} misread)\n`,
  );
  const pictures = [
    run.learningCurves,
    ...(test.confusion === undefined ? [] : [run.confusionMatrix]),
    ...(test.reconstruction === undefined ? [] : [run.reconstructions]),
  ];
  output.say(
    table([
      ['time', `${duration(results.seconds)}, ${rate(results.imagesPerSecond)}`],
      ['memory', `${bytes(results.peakMemory)} at its peak`],
      ['model', run.model],
      ['pictures', pictures.map(inRun).join(', ')],
      ['figures', 'results.json, metrics.csv, metrics.jsonl'],
    ]),
  );
  const next: readonly (readonly [string, string])[] = [
    [invocation('evaluate', ...named), test.confusion ? 'the confusion table' : 'error and losses'],
    ...(test.reconstruction === undefined
      ? []
      : ([[invocation('perturb', ...named), 'what each dimension of a capsule stands for']] as const)),
    [invocation('predict', ...named, 'digit.png'), 'read a picture of your own'],
  ];
  output.say(`\n${pc.bold('Next')}`);
  const width = Math.max(...next.map(([line]) => line.length));
  for (const [line, meaning] of next) output.say(`  ${pc.cyan(line.padEnd(width))}   ${meaning}`);
}
