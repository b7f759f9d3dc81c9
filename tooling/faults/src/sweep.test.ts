import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, statfsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { isFull, times } from '@capsnet/testing/extent';
import { linearCongruential } from '@capsnet/testing/linear-congruential';
import { describe, expect, onTestFinished, type TestContext, test, vi } from 'vitest';
import { barsSweeps } from '../../../apps/train/test/bars-sweeps';
import { jsonLines } from '../../../apps/train/test/command-line';
import { freePort } from '../../../apps/train/test/redis-server';
import { count, skipBecause } from './counts';
import { mountDisk } from './disk';

function sweeps() {
  const bars = barsSweeps();
  onTestFinished(bars.remove);
  return bars;
}
type Bars = ReturnType<typeof sweeps>;

/** The models of all that were trained to their end. */
function models(bars: Bars, name: string): Record<string, string> {
  const runs = readdirSync(bars.at('runs')).filter(run => run.startsWith(`${name}-`));
  return Object.fromEntries(
    runs
      .filter(run => existsSync(bars.at(`runs/${run}/model.safetensors`)))
      .map(run => [run.slice(name.length), bars.model(run).toString('base64')]),
  );
}

describe('a sweep that is killed at any moment', () => {
  test('wasm', async context => {
    const bars = sweeps();
    const begun = performance.now();
    expect((await bars.sweep([bars.write('alone')])).code).toBe(0);
    const duration = performance.now() - begun;
    const file = bars.write('killed');
    const random = linearCongruential(11);
    const kills = times({ full: 20, quick: 2 });
    for (let i = 0; i < kills; i++) {
      // Towards the end there is nothing left to kill.
      const limit = (duration / kills) * 2 * random();
      const found = await bars.sweep([file], {
        onStart: child => void wait(limit).then(() => child.kill('SIGKILL')),
      });
      expect([0, null]).toContain(found.code);
      await untilFree(bars, 'killed');
    }
    expect(await bars.sweep([file])).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('failed'),
    });
    expect(bars.journal('killed').slice(1)).toEqual(bars.journal('alone').slice(1));
    expect(models(bars, 'killed')).toEqual(models(bars, 'alone'));
    count(context, { kills, 'ended with the decisions and the bytes of an undisturbed sweep': 1 });
  });
});

/** The process that trains finishes its step when it finds its sweep gone. */
async function untilFree(bars: Bars, name: string): Promise<void> {
  await vi.waitFor(
    () => {
      const runs = existsSync(bars.at('runs')) ? readdirSync(bars.at('runs')) : [];
      const locked = runs.filter(
        run => run.startsWith(`${name}-`) && existsSync(bars.at(`runs/${run}/.lock`)),
      );
      expect(locked).toEqual([]);
    },
    { timeout: 60_000 },
  );
}

describe('a sweep on a disk that fills up, and is then made larger', () => {
  test('wasm', async context => {
    const bars = sweeps();
    expect((await bars.sweep([bars.write('runs')])).code).toBe(0);
    const disk = mountDisk(context, bars.at('runs'), 2 ** 16);
    const used = () => {
      const { blocks, bfree, bsize } = statfsSync(bars.at('runs'));
      return ((blocks - bfree) * bsize) / 1024;
    };
    const before = used();
    expect((await bars.sweep([bars.write('undisturbed')])).code).toBe(0);
    const needed = used() - before;
    const disks = times({ full: 6, quick: 1 });
    for (let i = 1; i <= disks; i++) {
      const file = bars.write(`on-disk-${i}`);
      disk.resize(used() + Math.ceil((needed * i) / (disks + 1)));
      const { code, stderr } = await bars.sweep([file]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^capsnet: [^\n]*no space left on the device[^\n]*\n$/m);
      disk.resize(2 ** 16);
      const found = await bars.sweep([file, '--json']);
      expect(found.code).toBe(0);
      const { trials } = jsonLines(found.stdout).at(-1) as { trials: { rank: number | null }[] };
      expect(trials.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6]);
      const [whole, one] = [models(bars, 'undisturbed'), models(bars, `on-disk-${i}`)];
      for (const run of Object.keys(whole).filter(run => run in one)) expect(one[run]).toBe(whole[run]);
    }
    count(context, { 'sizes of the disk': disks, 'went on to their end': disks });
  });
});

const versions = { optuna: '5.0.0', dashboard: '0.21.0' };

/** Python with Optuna and its dashboard, from PyPI: 118 MB, once. Without a network the test is skipped, with the reason. */
function pythonWithOptuna(context: TestContext): string {
  const folder = join(
    homedir(),
    '.cache',
    'capsnet',
    `optuna-${versions.optuna}-dashboard-${versions.dashboard}`,
  );
  const python = join(folder, 'bin', 'python');
  const packages = [`optuna==${versions.optuna}`, `optuna-dashboard==${versions.dashboard}`];
  try {
    if (!existsSync(join(folder, 'bin', 'optuna-dashboard'))) {
      execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' });
      execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: 'pipe' });
    }
  } catch (error) {
    if (isFull) throw error;
    const reason = (error as Error).message.trim().split('\n').at(-1);
    skipBecause(context, `Optuna cannot be installed: ${reason}`);
  }
  return folder;
}

interface Read {
  readonly study: string;
  readonly direction: string;
  readonly best: number;
  readonly trials: readonly {
    readonly number: number;
    readonly state: string;
    readonly value: number | null;
    readonly params: Readonly<Record<string, unknown>>;
    readonly intermediate: Readonly<Record<string, number>>;
    readonly seconds: number | null;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
}

interface Standing {
  readonly rank: number | null;
  readonly trial: number;
  readonly state: string;
  readonly error?: number;
  readonly images: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly rungs: readonly { readonly steps: number; readonly error?: number }[];
}

describe('Optuna and its dashboard read a sweep', () => {
  test('wasm', async context => {
    const folder = pythonWithOptuna(context);
    const bars = sweeps();
    const file = bars.write('shown', {
      space: {
        'training.learningRate.initial': { logUniform: [0.001, 0.02] },
        'training.clipNorm': { uniform: [0.5, 4] },
        'data.shift': { integer: [0, 2] },
        'model.routing.iterations': { values: [1, 2, 3] },
        'training.averageDecay': { values: [null, 0.5] },
        'model.decoder': { values: [null, { hidden: [16] }] },
      },
    });
    // Amid it, those that wait are running to Optuna; there is no best one yet.
    const cut = await bars.sweep([file, '--json'], {
      onLine(line, kill) {
        const { type, level } = JSON.parse(line);
        if (type === 'begun' && level === 1) kill('SIGTERM');
      },
    });
    expect(cut.code).toBe(143);
    const found = await bars.sweep([file, '--json']);
    expect(found.code).toBe(0);
    const { trials } = jsonLines(found.stdout).at(-1) as unknown as { trials: Standing[] };
    const journal = bars.at('runs/shown/optuna.jsonl');
    const reader = [join(import.meta.dirname, 'read_optuna.py'), journal];
    const read = JSON.parse(
      execFileSync(join(folder, 'bin', 'python'), reader, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    ) as Read;
    expect(read).toMatchObject({ study: 'shown', direction: 'MINIMIZE', best: trials[0]!.trial });
    expect(read.trials.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const { trial, state, error, images, values, rungs } of trials) {
      const { params, ...other } = read.trials[trial]!;
      const asTexts = Object.entries(values).map(([key, value]) => [
        key,
        typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
      ]);
      expect(params).toEqual(Object.fromEntries(asTexts));
      expect(other).toMatchObject({
        state: state === 'finished' ? 'COMPLETE' : 'PRUNED',
        value: error,
        intermediate: Object.fromEntries(rungs.map(({ steps, error }) => [String(steps), error])),
        attributes: { images },
        seconds: expect.any(Number),
      });
      expect(other.seconds).toBeGreaterThan(0);
    }

    const port = await freePort();
    const dashboard = spawn(
      join(folder, 'bin', 'optuna-dashboard'),
      [journal, '--host', '127.0.0.1', '--port', String(port), '--server', 'wsgiref'],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    onTestFinished(() => void dashboard.kill());
    let said = '';
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: dashboard.stderr }).on('line', line => {
        said += `${line}\n`;
        if (line.includes('Listening')) resolve();
      });
      dashboard.on('close', () => reject(new Error(said)));
    });
    const ask = (path: string) =>
      vi.waitFor(async () => (await fetch(`http://127.0.0.1:${port}${path}`)).json());
    const { study_summaries: studies } = await ask('/api/studies');
    expect(studies).toMatchObject([{ study_name: 'shown', directions: ['minimize'] }]);
    const detail = await ask(`/api/studies/${studies[0].study_id}`);
    expect(detail.trials).toHaveLength(6);
    const best = detail.trials.find(({ number }: { number: number }) => number === trials[0]!.trial);
    expect(best).toMatchObject({ state: 'Complete', values: [trials[0]!.error] });
    count(context, { 'configurations read': read.trials.length });
  });
});
