// Asynchronous successive halving beside the full grid, both by `capsnet sweep`: what each finds, and how many images it sees for that.
//
//     node tooling/bench/sweeps.mjs [--sweep FILE] [--runs DIR] [--workers N]
//
// Called again it goes on where it was interrupted, as the command does.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const root = resolve(import.meta.dirname, '../..');
const { values: options } = parseArgs({
  options: {
    sweep: { type: 'string', default: join(root, 'experiments/sweeps/quarter.json') },
    runs: { type: 'string', default: 'runs' },
    workers: { type: 'string', default: '1' },
  },
});

const described = JSON.parse(readFileSync(options.sweep, 'utf8'));
const name = basename(options.sweep, '.json');

/**
 * @typedef {{ rank: number, trial: number, error: number, loss: number, values: object, rungs: object[] }} Standing
 */

/**
 * Trains the sweep as it is, or all of it to the end.
 *
 * @param {boolean} asha
 * @returns {{ images: number, trials: Standing[] }} what it says of itself last
 */
function sweep(asha) {
  const folder = join(options.runs, 'sweeps');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}-${asha ? 'asha' : 'grid'}.json`);
  writeFileSync(file, JSON.stringify({ ...described, asha: asha ? described.asha : undefined }, null, 2));
  const program = join(root, 'apps/train/bin/capsnet.js');
  const args = ['sweep', file, '--runs', options.runs, '--workers', options.workers, '--json'];
  const { status, stdout } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
}

const halving = sweep(true);
const grid = sweep(false);

/** @param {number} part */
const percent = part => `${(100 * part).toFixed(2)}%`;
/** @param {Standing} standing */
const line = ({ rank, trial, error, values }) =>
  `  ${rank}  ${trial}  ${percent(error)}  ${JSON.stringify(values)}`;
const [found] = halving.trials;
const third = grid.trials[2];
const same = grid.trials.find(({ trial }) => trial === found?.trial);
if (!found || !third || !same) throw new Error('expected three configurations at least');

console.log(`the grid, ${grid.images} images:`);
for (const each of grid.trials.slice(0, 5)) console.log(line(each));
console.log(`halving, ${halving.images} images, ${percent(halving.images / grid.images)} of the grid's:`);
console.log(line(found));
console.log(
  `it is number ${same.rank} of the grid, ${found.error <= third.error ? 'no worse' : 'worse'} than its third; ` +
    `trained in ${found.rungs.length} parts it has ${same.error === found.error && same.loss === found.loss ? 'the same' : 'another'} error and loss as in one`,
);
process.exitCode = found.error <= third.error && halving.images <= grid.images / 5 ? 0 : 1;
