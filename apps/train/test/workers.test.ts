import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { barsExperiments } from './bars-experiments';
import { jsonLines } from './command-line';

it('several processes of this machine end with the row and the weights of one', async () => {
  const bars = barsExperiments();
  const file = bars.write('seeds', [3, 1, 2]);
  expect((await bars.experiment([file, '--runs', 'alone'])).code).toBe(0);
  const expected = bars.row('seeds');
  bars.forget('seeds');

  // Two begin, are interrupted, and go on with the third.
  const running = new Set<number>();
  let most = 0;
  let isStopped = false;
  const args = [file, '--workers', '2', '--json'];
  const stopped = await bars.experiment(args, {
    onLine(line, kill) {
      const { type, seed } = JSON.parse(line);
      if (type === 'progress') running.add(seed);
      most = Math.max(most, running.size);
      if (type === 'progress' && running.size === 2 && !isStopped) {
        isStopped = true;
        kill('SIGTERM');
      }
    },
  });
  expect([stopped.code, stopped.stderr, most]).toEqual([143, '', 2]);
  expect(jsonLines(stopped.stdout).at(-1)).toEqual({
    type: 'interrupted',
    resume: `capsnet experiment --backend wasm ${args.join(' ')}`,
  });
  expect(existsSync(bars.at('experiments/results/seeds.json'))).toBe(false);
  const { code, stdout, stderr } = await bars.experiment(args);
  expect([code, stderr]).toEqual([0, '']);
  expect(jsonLines(stdout).at(-1)).toMatchObject({ type: 'row', experiment: 'seeds' });
  expect(bars.row('seeds')).toEqual(expected);
  for (const seed of [1, 2, 3]) {
    const name = `seeds-seed-${seed}`;
    expect(bars.weights('runs', name).equals(bars.weights('alone', name))).toBe(true);
  }
});

it('one that fails keeps none of the others from their end', async () => {
  const bars = barsExperiments();
  const files = [
    bars.write('diverges', [1], { learningRate: { initial: 1e30 } }),
    bars.write('no-data', [1], {}, { folder: 'none' }),
    bars.write('good', [1], { epochs: 1 }),
  ];
  const { code, stderr } = await bars.experiment([...files, '--workers', '2']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/2 of 3 trainings failed: /);
  expect(stderr).toMatch(/diverges seed 1: stopped at step \d+ /);
  expect(stderr).toMatch(/no-data seed 1: data: expected a folder of IDX files, found nothing: none/);
  expect(bars.row('good').trained).toHaveLength(1);
});
