// `npm start`: from a fresh clone to a trained network.
//
//   npm start                       one epoch on all 60,000 digits:  capsnet train --epochs 1 --all
//   npm start -- --set a.b=value    the same with options of `capsnet train`
//   npm start -- --epochs 30        as many epochs as you say, with 5,000 digits held back for validation
//   npm start -- info               any other command of `capsnet`, with its options
import { join } from 'node:path';
import { install, provideNative, requireNode } from './src/prepare.mjs';
import { run, turbo } from './src/process.mjs';

requireNode();

/** @param {readonly string[]} given after `npm start --` */
function command(given) {
  if (given[0] !== undefined && !given[0].startsWith('-')) return given;
  const extent = given.some(arg => /^--(epochs|resume|config)(=|$)/.test(arg))
    ? []
    : ['--epochs', '1', '--all'];
  return ['train', ...extent, ...given];
}

const options = ['--concurrency=2', '--output-logs=errors-only'];

async function start() {
  const prepared = (await install()) || (await turbo(['build', '--filter=@capsnet/train...', ...options]));
  if (prepared !== 0) return prepared;
  await provideNative();
  return run(process.execPath, [
    join('apps', 'train', 'bin', 'capsnet.js'),
    ...command(process.argv.slice(2)),
  ]);
}

process.exitCode = await start();
