// How many times as fast several workers of one processor each are as one that takes batches of 128: on loopback, or in network
// namespaces of this machine, joined by a bridge of a given rate and delay, which needs Linux, root, and ip and tc of iproute2. Needs as
// many processors as workers, and nothing else going on; after `npm start -- info`, which builds what it runs.
//
//     node tooling/bench/hosts.mjs
//     node tooling/bench/hosts.mjs --rate 100mbit --local-steps 100 --batch 256 --limit 128000
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    workers: { type: 'string', default: '2' },
    /** `loopback` is no namespace, and as fast as the machine copies. */
    rate: { type: 'string', default: 'loopback,10gbit,1gbit' },
    delay: { type: 'string', default: '0ms' },
    'local-steps': { type: 'string', default: '1' },
    /** Images in a step of all workers together. */
    batch: { type: 'string', default: '128' },
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
 * Images a second, without the first ten steps. Exchanges between two steps count, too.
 *
 * @param {string} name
 * @param {number} batch
 * @returns {number}
 */
function imagesPerSecond(name, batch) {
  const steps = readFileSync(join(folder, 'runs', name, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(({ split, step }) => split === 'train' && step >= 10);
  const [first, last] = [steps[0], steps.at(-1)];
  return (batch * (last.step - first.step)) / (last.seconds - first.seconds);
}

/** @param {string} text */
const list = text => text.split(',');
const processors = availableParallelism();
const batch = Number(options.batch);
try {
  if ((await train(undefined, 0, 'one', ['--backend', 'native'])) !== 0)
    throw new Error('one worker did not end');
  const one = imagesPerSecond('one', 128);
  console.log('| workers | rate | delay | batch | local steps | images/s | times as fast |');
  console.log('|---:|---|---|---:|---:|---:|---:|');
  console.log(`| 1 | | | 128 | | ${one.toFixed(1)} | |`);
  for (const text of list(options.workers)) {
    const count = Number(text);
    if (count > processors) throw new Error(`${count} workers need as many processors, found ${processors}`);
    for (const rate of list(options.rate)) {
      for (const delay of list(options.delay)) {
        for (const localSteps of list(options['local-steps'])) {
          await measure(count, rate, delay, localSteps, one);
        }
      }
    }
  }
} finally {
  removeHosts();
  rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {number} count
 * @param {string} rate
 * @param {string} delay
 * @param {string} localSteps
 * @param {number} one images a second of one worker
 */
async function measure(count, rate, delay, localSteps, one) {
  const ranks = Array.from({ length: count }, (_, rank) => rank);
  /** @type {(string | undefined)[]} */
  let spaces = ranks.map(() => undefined);
  let hosts = ranks.map(rank => `127.0.0.1:${7100 + rank}`);
  if (rate !== 'loopback') {
    ip('link', 'add', bridge, 'type', 'bridge');
    made.push(['link', 'delete', bridge]);
    ip('link', 'set', bridge, 'up');
    spaces = ranks.map(rank => addHost(rank, rate, delay));
    hosts = ranks.map(rank => `10.77.0.${rank + 1}:7000`);
  }
  const name = `${count}-${rate}-${delay}-${localSteps}`;
  const codes = await Promise.all(
    spaces.map((space, rank) =>
      train(space, rank, name, [
        ...['--hosts', hosts.join(','), '--rank', String(rank), '--local-steps', localSteps],
        ...['--set', `training.batchSize=${batch}`, '--backend', 'native'],
      ]),
    ),
  );
  removeHosts();
  if (codes.some(code => code !== 0)) throw new Error(`${name}: workers ended with ${codes}`);
  const found = imagesPerSecond(name, batch);
  console.log(
    `| ${count} | ${rate} | ${delay} | ${batch} | ${localSteps} | ${found.toFixed(1)} | ${(found / one).toFixed(2)} |`,
  );
}
