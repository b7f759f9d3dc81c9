// How much faster several workers of one processor each are than one: network namespaces of this machine, joined by a bridge of a
// given speed and delay. Needs Linux, root, and ip and tc of iproute2; after `npm start -- info`, which builds what it runs.
//
//     node tooling/bench/hosts.mjs --workers 2,4 --rate 10gbit,1gbit --delay 0ms --limit 12800
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    workers: { type: 'string', default: '2' },
    rate: { type: 'string', default: '10gbit,1gbit,100mbit' },
    delay: { type: 'string', default: '0ms' },
    /** Training images; all of a run count but the first ten steps. */
    limit: { type: 'string', default: '12800' },
  },
});
const program = join(import.meta.dirname, '../../apps/train/bin/capsnet.js');
const folder = mkdtempSync(join(tmpdir(), 'capsnet-hosts-'));
const prefix = `cn${process.pid}`;
const bridge = `${prefix}b`;
/** @param {readonly string[]} args */
const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'inherit'] });
/** @type {string[][]} */
const made = [];

/**
 * A namespace with an address on the bridge, whose packets leave it at a rate and after a delay.
 *
 * @param {number} rank
 * @param {string} rate
 * @param {string} delay
 */
function addHost(rank, rate, delay) {
  const [space, outside] = [`${prefix}n${rank}`, `${prefix}v${rank}`];
  ip('netns', 'add', space);
  made.push(['netns', 'delete', space]);
  ip('link', 'add', outside, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
  ip('link', 'set', outside, 'master', bridge, 'up');
  ip('-n', space, 'addr', 'add', `10.77.0.${rank + 1}/24`, 'dev', 'eth0');
  ip('-n', space, 'link', 'set', 'lo', 'up');
  ip('-n', space, 'link', 'set', 'eth0', 'up');
  execFileSync('ip', [
    'netns',
    'exec',
    space,
    'tc',
    'qdisc',
    'add',
    'dev',
    'eth0',
    'root',
    ...shaping(rate, delay),
  ]);
  return space;
}

/**
 * What `tc` makes a link slow by. Without a delay a token bucket does, which more kernels have.
 *
 * @param {string} rate
 * @param {string} delay
 */
function shaping(rate, delay) {
  if (delay !== '0ms') return ['netem', 'rate', rate, 'delay', delay, 'limit', '100000'];
  const [, number, unit] = /^(\d+)([gm])bit$/.exec(rate) ?? [];
  if (number === undefined) throw new Error(`--rate: expected 10gbit or 100mbit, found ${rate}`);
  const bytesPerSecond = (Number(number) * (unit === 'g' ? 1e9 : 1e6)) / 8;
  // What may go at once: 4 ms, between two ticks of the slowest kernel.
  const burst = Math.max(128 * 1024, Math.ceil(bytesPerSecond / 250));
  return ['tbf', 'rate', rate, 'burst', String(burst), 'latency', '500ms'];
}

function removeHosts() {
  for (const args of made.splice(0).reverse()) {
    try {
      ip(...args);
    } catch {
      // Gone already.
    }
  }
}

/**
 * Runs the command on one processor, in a namespace if there is one.
 *
 * @param {string | undefined} space
 * @param {number} processor
 * @param {string} name
 * @param {readonly string[]} args
 * @returns {Promise<number | null>} exit code
 */
function train(space, processor, name, args) {
  const enter = space ? ['ip', 'netns', 'exec', space] : [];
  const [file = '', ...rest] = [
    ...enter,
    ...['taskset', '--cpu-list', String(processor)],
    ...[
      process.execPath,
      program,
      'train',
      '--epochs',
      '1',
      '--all',
      '--limit',
      options.limit,
      '--name',
      name,
      ...args,
    ],
  ];
  const env = { ...process.env, TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1', NO_COLOR: '1' };
  const child = spawn(file, rest, { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise(resolve => child.once('exit', resolve));
}

/**
 * The median seconds of a step, without the first ten.
 *
 * @param {string} name
 * @returns {number}
 */
function secondsOfStep(name) {
  const seconds = readFileSync(join(folder, 'runs', name, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(({ split, step }) => split === 'train' && step > 10)
    .map(({ imagesPerSecond }) => 128 / imagesPerSecond)
    .sort((a, b) => a - b);
  return seconds[Math.floor(seconds.length / 2)] ?? Number.NaN;
}

/** @param {string} text */
const list = text => text.split(',');
const processors = availableParallelism();
try {
  if ((await train(undefined, 0, 'one', ['--backend', 'native'])) !== 0)
    throw new Error('one worker did not end');
  const one = secondsOfStep('one');
  console.log('| workers | rate | delay | seconds of a step | times as fast | efficiency |');
  console.log('|---:|---|---|---:|---:|---:|');
  console.log(`| 1 | | | ${one.toFixed(3)} | | |`);
  for (const text of list(options.workers)) {
    const count = Number(text);
    if (count > processors) throw new Error(`${count} workers need as many processors, found ${processors}`);
    for (const rate of list(options.rate)) {
      for (const delay of list(options.delay)) {
        ip('link', 'add', bridge, 'type', 'bridge');
        made.push(['link', 'delete', bridge]);
        ip('link', 'set', bridge, 'up');
        const spaces = Array.from({ length: count }, (_, rank) => addHost(rank, rate, delay));
        const hosts = spaces.map((_, rank) => `10.77.0.${rank + 1}:7000`).join(',');
        const name = `${count}-${rate}-${delay}`;
        const codes = await Promise.all(
          spaces.map((space, rank) => train(space, rank, name, ['--hosts', hosts])),
        );
        removeHosts();
        if (codes.some(code => code !== 0)) throw new Error(`${name}: workers ended with ${codes}`);
        const seconds = secondsOfStep(name);
        const times = one / seconds;
        console.log(
          `| ${count} | ${rate} | ${delay} | ${seconds.toFixed(3)} | ${times.toFixed(2)} | ${(times / count).toFixed(2)} |`,
        );
      }
    }
  }
} finally {
  removeHosts();
  rmSync(folder, { recursive: true, force: true });
}
