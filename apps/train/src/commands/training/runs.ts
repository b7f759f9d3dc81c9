import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { formatBytes, formatDuration, formatPercent, show } from '@capsnet/checks';
import { lockFolder } from '@capsnet/checks/node';
import pc from 'picocolors';
import { drawComparedCurves } from '../../charts/compared-curves';
import { refuseToOverwrite, writeOutput } from '../../pictures/output-file';
import { compareRuns } from '../../runs/compare-runs';
import { findRun, findRuns } from '../../runs/find-run';
import { readMeasurements } from '../../runs/metrics-log';
import type { RunFolder } from '../../runs/run-folder';
import { bytesIn, type RunState, runStateOf } from '../../runs/run-state';
import { stepsPerEpochOf } from '../../runs/steps-per-epoch';
import { columns, openConsole } from '../../terminal/console';
import { messageOf, UsageError } from '../../terminal/errors';
import { command } from '../command';
import { ended } from '../ended';
import { json, portNumber, runs as runsOption } from '../options';

export const runs = command(
  'runs',
  'List runs, compare or watch them, or free the space of their checkpoints.',
  [
    ['capsnet runs', 'all of them, newest first'],
    [
      'capsnet runs compare first second',
      'what differs in settings and results, and a picture of their curves',
    ],
    ['capsnet runs watch first', 'its curves and pictures on a page of this machine, while it trains'],
    ['capsnet runs prune --all', 'remove the checkpoints of finished runs'],
  ],
);

runs
  .command('list', { isDefault: true })
  .description('list all runs, newest first: state, errors, time, size')
  .addOption(runsOption)
  .addOption(json)
  .action(async options => {
    const output = openConsole(options.json ?? false);
    const states = await Promise.all(findRuns(options.runs).map(runStateOf));
    if (states.length === 0) output.print(`no runs in ${options.runs}`);
    else output.print(columns([heading, ...states.map(rowOf)]));
    for (const { name, problem } of states) if (problem !== undefined) output.warn(`${name}: ${problem}`);
    output.emit({ runs: states });
  });

runs
  .command('compare')
  .description('show what differs between runs, and draw their curves into one picture')
  .argument('<names...>', 'two runs or more')
  .addOption(runsOption)
  .option('--out <file>', 'file to write the picture to', 'comparison.svg')
  .option('--force', 'overwrite the output file')
  .addOption(json)
  .action(async (names, options) => {
    const output = openConsole(options.json ?? false);
    if (names.length < 2) throw new UsageError(`expected two runs or more, found ${names.length}`);
    const found = names.map(name => findRun(options.runs, name));
    refuseToOverwrite(options.out, options.force);
    const { states, settings } = await compareRuns(found);
    const compared = await Promise.all(
      found.map(async run => ({ name: run.name, ...(await measuredIn(run)) })),
    );
    const missing = compared.filter(({ measurements }) => measurements.length === 0);
    for (const { name } of missing)
      output.note(`${name} has measured nothing yet, and is not in the picture`);
    const drawn = compared.filter(run => !missing.includes(run));
    if (drawn.length > 0) await writeOutput(options.out, Buffer.from(drawComparedCurves(drawn)));
    output.print(columns([heading, ...states.map(rowOf)]));
    output.print(
      settings.length === 0
        ? '\nThe same settings.'
        : `\n${columns([['setting', ...names], ...settings.map(({ key, values }) => [key, ...values.map(show)])])}`,
    );
    if (drawn.length > 0) output.print(`\ncurves ${options.out}`);
    output.emit({ runs: states, settings, ...(drawn.length > 0 && { picture: options.out }) });
  });

runs
  .command('watch')
  .description('show a run on a page of this machine: curves, confusion, reconstructions, while it trains')
  .argument('[name]', 'run (default: the newest)')
  .option('--port <n>', 'port of the page; 0 for any that is free (default: 8090, or any other)', portNumber)
  .addOption(runsOption)
  .addOption(json)
  .action(async (name, options) => {
    const output = openConsole(options.json ?? false);
    const run = name === undefined ? findRuns(options.runs)[0] : findRun(options.runs, name);
    if (!run) throw new UsageError(`no runs in ${options.runs}`);
    const { openWatchServer } = await import('../../watching/watch-server');
    const server = await openWatchServer(run, options.port);
    output.print(`${run.path} is shown at ${server.url}, until Ctrl-C`);
    output.emit({ type: 'watching', run: run.path, url: server.url });
    await ended();
    await server.close();
  });

runs
  .command('prune')
  .description('remove the checkpoints of finished runs; their models and results stay')
  .argument('[names...]', 'finished runs')
  .option('--all', 'all finished runs')
  .option('--dry-run', 'only say what would be removed')
  .addOption(runsOption)
  .addOption(json)
  .action(async (names, options) => {
    const output = openConsole(options.json ?? false);
    const isDry = options.dryRun ?? false;
    if (names.length > 0 === (options.all ?? false)) {
      throw new UsageError('expected the names of runs, or --all for all finished ones');
    }
    const chosen = options.all
      ? findRuns(options.runs).filter(run => existsSync(run.results))
      : names.map(name => findFinishedRun(options.runs, name));
    const pruned: { name: string; bytes: number }[] = [];
    for (const run of chosen) {
      if (!existsSync(run.checkpoints)) continue;
      try {
        pruned.push({ name: run.name, bytes: await removeCheckpoints(run, isDry) });
      } catch (error) {
        // One that is in use keeps none of the others.
        output.note(messageOf(error));
      }
    }
    const total = formatBytes(pruned.reduce((sum, { bytes }) => sum + bytes, 0));
    for (const { name, bytes } of pruned) output.print(`${name}  ${formatBytes(bytes)}`);
    output.print(
      pruned.length === 0 ? 'nothing to remove' : isDry ? `${total} would be freed` : `${total} freed`,
    );
    output.emit({ pruned, dryRun: isDry });
  });

function findFinishedRun(runs: string, name: string): RunFolder {
  const run = findRun(runs, name);
  if (existsSync(run.results)) return run;
  throw new UsageError(`${run.path} is not finished: it goes on from its checkpoints, which stay`);
}

/** @returns their size */
async function removeCheckpoints(run: RunFolder, isDry: boolean): Promise<number> {
  const bytes = await bytesIn(run.checkpoints);
  if (isDry) return bytes;
  const lock = await lockFolder(run.path);
  try {
    await rm(run.checkpoints, { recursive: true });
  } finally {
    await lock.release();
  }
  return bytes;
}

async function measuredIn(run: RunFolder) {
  const measurements = readMeasurements(run.path);
  return { measurements, stepsPerEpoch: await stepsPerEpochOf(run, measurements) };
}

const heading = ['run', 'state', 'test error', 'validation', 'epochs', 'time', 'size', 'began'];

function rowOf({
  name,
  state,
  error,
  validationError,
  epoch,
  epochs,
  seconds,
  bytes,
  began,
}: RunState): string[] {
  return [
    name,
    { finished: pc.green, running: pc.cyan, interrupted: pc.yellow, damaged: pc.red }[state](state),
    error === null ? '' : formatPercent(error),
    validationError === null ? '' : formatPercent(validationError),
    epochs === null ? String(epoch) : `${epoch}/${epochs}`,
    formatDuration(seconds),
    formatBytes(bytes),
    began.slice(0, 16).replace('T', ' '),
  ];
}
