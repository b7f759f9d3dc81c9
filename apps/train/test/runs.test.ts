import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '@capsnet/checks/node';
import { beforeAll, describe, expect, it } from 'vitest';
import { barsModel, writeBars } from './bars';
import { capsnet, set } from './command-line';
import { attributes, elements, textsOf } from './svg';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-runs-'));
const at = (...path: string[]) => join(folder, ...path);
const base = [
  ...['train', '--data', 'bars', '--backend', 'wasm', '--epochs', '2', '--json'],
  ...barsModel,
  ...set('data.validation=32', 'data.shift=0', 'training.batchSize=16', 'training.patience=null'),
];

async function run(...args: string[]) {
  const { code, stdout, stderr } = await capsnet(args, { cwd: folder });
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}
const asked = async (...args: string[]) => JSON.parse(await run(...args, '--json'));

/** What the files below a folder take, by another count. */
function bytesOf(path: string): number {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map(name => statSync(join(path, name)))
    .reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0);
}

beforeAll(async () => {
  writeBars(at('bars'), { train: 96, test: 24 });
  await run(...base, '--name', 'first');
  await run(...base, '--name', 'second', '--seed', '7', ...set('model.routing.iterations=1'));
  // As a killed process leaves it.
  cpSync(at('runs/first'), at('runs/halted'), { recursive: true });
  rmSync(at('runs/halted/results.json'));
}, 300_000);

describe('capsnet runs', () => {
  it('lists runs with their state, errors, time and size', async () => {
    const { runs } = await asked('runs');
    expect(runs.map(({ name, state }: { name: string; state: string }) => [name, state]).sort()).toEqual([
      ['first', 'finished'],
      ['halted', 'interrupted'],
      ['second', 'finished'],
    ]);
    for (const found of runs) {
      expect(found).toMatchObject({ epoch: 2, epochs: 2, bytes: bytesOf(at('runs', found.name)) });
      if (found.state !== 'finished') continue;
      const { test, validation } = JSON.parse(readFileSync(at('runs', found.name, 'results.json'), 'utf8'));
      expect(found.error).toBe(test.error);
      // The best loss need not have the lowest error.
      expect(found.validationError).toBeLessThanOrEqual(1 - validation.accuracy);
    }
    const lines = (await run('runs')).split('\n');
    expect(lines[0]).toMatch(/^run +state +test error +validation +epochs +time +size +began$/);
    expect(lines.find(line => line.startsWith('halted'))).toMatch(/^halted +interrupted +\d+\.\d\d% +2\/2 /);
    expect(await run('runs', '--runs', 'none')).toBe('no runs in none\n');
  });

  it('tells which is in use, and which is damaged, beside the others', async () => {
    const lock = await lockFolder(at('runs/halted'));
    cpSync(at('runs/first'), at('runs/broken'), { recursive: true });
    writeFileSync(at('runs/broken/results.json'), '{');
    try {
      const { runs } = await asked('runs');
      const states = Object.fromEntries(
        runs.map(({ name, state, problem }: Record<string, string>) => [name, [state, problem]]),
      );
      expect(states.halted).toEqual(['running', undefined]);
      expect(states.broken).toEqual([
        'damaged',
        expect.stringContaining(join('runs', 'broken', 'results.json')),
      ]);
      expect(states.first).toEqual(['finished', undefined]);
    } finally {
      await lock.release();
      rmSync(at('runs/broken'), { recursive: true });
    }
  });

  it('compares two: what differs in their settings, and a picture of both', async () => {
    const text = await run('runs', 'compare', 'first', 'second');
    const settings = text.slice(text.indexOf('\nsetting')).trim().split('\n').slice(1, 4);
    expect(settings.map(line => line.split(/ {2,}/))).toEqual(
      expect.arrayContaining([
        ['model.routing.iterations', '3', '1'],
        ['model.seed', expect.any(String), '7'],
        ['training.seed', expect.any(String), '7'],
      ]),
    );
    const svg = readFileSync(at('comparison.svg'), 'utf8');
    expect(textsOf(svg).map(({ content }) => content)).toEqual(expect.arrayContaining(['first', 'second']));
    // Of each of two runs a line in each of two panels, in colours of their own.
    const colours = elements(svg, 'polyline').map(line => attributes(line).stroke);
    expect(colours).toHaveLength(4);
    expect(new Set(colours).size).toBe(2);

    const again = await capsnet(['runs', 'compare', 'first', 'second'], { cwd: folder });
    expect([again.code, again.stderr]).toEqual([
      2,
      'capsnet: comparison.svg exists: choose another --out, or overwrite it with --force\n',
    ]);
    const { settings: none } = await asked('runs', 'compare', 'first', 'halted', '--out', 'same.svg');
    expect(none).toEqual([]);
  });

  it('says what is wrong', async () => {
    for (const [args, message] of [
      [['compare', 'first'], 'expected two runs or more, found 1'],
      [['compare', 'first', 'third'], 'no run third in runs: found '],
      [['prune'], 'expected the names of runs, or --all for all finished ones'],
      [['prune', 'first', '--all'], 'expected the names of runs, or --all for all finished ones'],
      [['prune', 'halted'], 'halted is not finished: it goes on from its checkpoints, which stay'],
      [['delete'], 'too many arguments'],
    ] as const) {
      const { code, stderr } = await capsnet(['runs', ...args], { cwd: folder });
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });

  it('removes the checkpoints of finished runs, and nothing else', async () => {
    const before = bytesOf(at('runs/second'));
    const freed = bytesOf(at('runs/second/checkpoints'));
    const dry = await asked('runs', 'prune', '--all', '--dry-run');
    expect(dry.pruned.map(({ name }: { name: string }) => name).sort()).toEqual(['first', 'second']);
    expect(existsSync(at('runs/second/checkpoints'))).toBe(true);

    const lock = await lockFolder(at('runs/first'));
    const lines = (await capsnet(['runs', 'prune', '--all', '--json'], { cwd: folder })).stdout
      .trim()
      .split('\n');
    await lock.release();
    const [note, last] = lines.map(line => JSON.parse(line));
    expect(note).toEqual({ type: 'note', message: expect.stringContaining('in use by process') });
    expect(last).toEqual({ pruned: [{ name: 'second', bytes: freed }], dryRun: false });
    expect(bytesOf(at('runs/second'))).toBe(before - freed);
    expect(existsSync(at('runs/halted/checkpoints'))).toBe(true);
    // What is left is a run as before.
    await run('evaluate', '--run', 'second', '--backend', 'wasm');
    expect(await run('runs', 'prune', 'second')).toBe('nothing to remove\n');
  });
});
