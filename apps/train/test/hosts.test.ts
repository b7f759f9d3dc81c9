import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors } from '@capsnet/safetensors';
import { describe, expect, it } from 'vitest';
import { freePorts } from '../../../packages/backend/test/free-ports';
import { barsModel, writeBars } from './bars';
import { capsnet, type Finished, jsonLines, set } from './command-line';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-hosts-'));
const bars = writeBars(join(folder, 'bars'));
const options = [
  ...['--data', bars, '--epochs', '2'],
  ...barsModel,
  ...set(
    'data.validation=64',
    'data.shift=1',
    'training.batchSize=16',
    'training.clipNorm=1',
    'training.learningRate.initial=.01',
  ),
];
// Workers on one machine share its processors.
const env = { TF_NUM_INTRAOP_THREADS: '1' };

type Watch = (rank: number, line: string, kill: (signal: NodeJS.Signals) => void) => void;

/** The command on as many hosts, which are folders here, and what came of it on each. */
async function onHosts(
  count: number,
  args: (rank: number) => readonly string[],
  watch: Watch = () => {},
): Promise<Finished[]> {
  const hosts = (await freePorts(count)).map(port => `127.0.0.1:${port}`).join(',');
  return Promise.all(
    Array.from({ length: count }, (_, rank) => {
      const cwd = join(folder, `host-${rank}`);
      mkdirSync(cwd, { recursive: true });
      return capsnet(['train', '--hosts', hosts, '--rank', String(rank), ...args(rank)], {
        cwd,
        // One that does not know the secret would not be let in.
        env: { ...env, CAPSNET_HOSTS_SECRET: 'of this test' },
        onLine: (line, kill) => watch(rank, line, kill),
      });
    }),
  );
}

const model = (name: string) => join(folder, 'host-0', 'runs', name, 'model.safetensors');

function weightsOf(file: string): Map<string, Float32Array> {
  const { tensors } = decodeSafetensors(new Uint8Array(readFileSync(file)));
  return new Map(Object.entries(tensors).map(([name, { data }]) => [name, data as Float32Array]));
}

function largestDifference(file: string, other: string): number {
  const [weights, others] = [weightsOf(file), weightsOf(other)];
  return Math.max(
    ...[...weights].map(([name, values]) =>
      Math.max(...values.map((value, at) => Math.abs(value - others.get(name)![at]!))),
    ),
  );
}

describe.sequential('capsnet train --hosts', () => {
  it('ends where one worker ends, the same way each time, and only the first one writes', async () => {
    const one = await capsnet(['train', '--name', 'one', ...options], {
      cwd: join(folder),
      env,
    });
    expect(one.code).toBe(0);
    for (const name of ['three', 'again']) {
      const ended = await onHosts(3, () => ['--name', name, ...options]);
      expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
        ended.map(() => ({ code: 0, stderr: '' })),
      );
      expect(ended[1]!.stdout).toContain('worker 1 of 3');
    }
    expect(readFileSync(model('again')).equals(readFileSync(model('three')))).toBe(true);
    expect(largestDifference(model('three'), join(folder, 'runs/one/model.safetensors'))).toBeLessThan(1e-4);
    expect(existsSync(join(folder, 'host-1', 'runs'))).toBe(false);
  });

  it('says who was lost and how to go on, which another number does to the same end', async () => {
    const long = ['--name', 'lost', ...options, ...set('training.checkpointEvery=3')];
    const lost = await onHosts(
      3,
      () => long,
      (rank, line, kill) => {
        if (rank === 1 && line.startsWith('step 10/')) kill('SIGKILL');
      },
    );
    expect(lost.map(({ code, signal }) => code ?? signal)).toEqual([1, 'SIGKILL', 1]);
    for (const { stderr } of [lost[0]!, lost[2]!]) {
      expect(stderr).toMatch(/^capsnet: workers: worker 1 \(127\.0\.0\.1:\d+\) does not answer: .*\n$/);
      expect(stderr).toContain('capsnet train --resume --name lost --hosts');
    }
    const resumed = await onHosts(2, rank => ['--resume', ...(rank === 0 ? ['--name', 'lost'] : [])]);
    expect(resumed.map(({ code }) => code)).toEqual([0, 0]);
    expect(resumed[1]!.stdout).toMatch(/resuming after step \d+/);
    expect(resumed[0]!.stderr).toContain('workers 3, now 2');
    expect(largestDifference(model('lost'), model('three'))).toBeLessThan(1e-4);
  });

  it('takes steps apart, and goes on as if it never had been stopped', async () => {
    const apart = (name: string) => ['--name', name, ...options, '--local-steps', '5'];
    const whole = await onHosts(2, () => apart('apart'));
    expect(whole.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      whole.map(() => ({ code: 0, stderr: '' })),
    );
    const stopped = await onHosts(
      2,
      () => apart('stopped'),
      (rank, line, kill) => {
        if (rank === 0 && line.startsWith('step 6/')) kill('SIGTERM');
      },
    );
    expect(stopped.map(({ code }) => code)).toEqual([143, 1]);
    const resumed = await onHosts(2, rank => ['--resume', ...(rank === 0 ? ['--name', 'stopped'] : [])]);
    expect(resumed.map(({ code }) => code)).toEqual([0, 0]);
    expect(readFileSync(model('stopped')).equals(readFileSync(model('apart')))).toBe(true);
    // Another training than that of gradients averaged in each step.
    expect(largestDifference(model('apart'), model('three'))).toBeGreaterThan(1e-3);
  });

  it('finds its hosts in what torchrun says', async () => {
    const [port] = await freePorts(1);
    const ended = await Promise.all(
      [0, 1].map(rank => {
        const cwd = join(folder, `torchrun-${rank}`);
        mkdirSync(cwd, { recursive: true });
        const launched = { RANK: String(rank), WORLD_SIZE: '2', LOCAL_WORLD_SIZE: '2' };
        const master = { MASTER_ADDR: '127.0.0.1', MASTER_PORT: String(port! - 1) };
        return capsnet(['train', ...options, '--epochs', '1', '--hosts', 'env'], {
          cwd,
          env: { ...env, ...launched, ...master },
        });
      }),
    );
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(ended[1]!.stdout).toContain('worker 1 of 2');
  });

  it('says that processes of a launcher train apart when nobody has told them to do it together', async () => {
    const { code, stderr } = await capsnet(['train', '--name', 'alone', ...options, '--epochs', '1'], {
      cwd: folder,
      env: { RANK: '0', WORLD_SIZE: '2' },
    });
    expect(code).toBe(0);
    expect(stderr).toContain(
      'WORLD_SIZE says that this is one of 2 processes: each of them trains on its own',
    );
  });

  it('stops all when one is interrupted', async () => {
    const stopped = await onHosts(
      2,
      () => ['--name', 'interrupted', ...options, '--epochs', '50'],
      (rank, line, kill) => {
        if (rank === 1 && line.startsWith('step 4/')) kill('SIGTERM');
      },
    );
    expect(stopped.map(({ code }) => code)).toEqual([1, 143]);
    const steps = stopped.map(({ stdout }) => /stopped after step (\d+)/.exec(stdout)?.[1]);
    expect(steps[0]).toBe(steps[1]);
    expect(stopped[0]!.stdout).toContain('capsnet train --resume --name interrupted --hosts');
  });

  it.each([
    { what: 'configuration', other: ['--seed', '5'], message: 'found model.seed 1 on worker 0' },
    {
      what: 'images',
      other: ['--data', writeBars(join(folder, 'fewer'), { train: 300 })],
      message: 'SHA-256',
    },
  ])('refuses another $what before the first step', async ({ what, other, message }) => {
    const refused = await onHosts(2, rank => [
      ...['--name', 'refused', ...options],
      ...(rank === 1 ? other : []),
      '--json',
    ]);
    for (const { code, stdout } of refused) {
      expect(code).toBe(2);
      expect(jsonLines(stdout).at(-1)).toEqual({
        type: 'error',
        code: 'invalid-argument',
        message: expect.stringContaining(`expected the same ${what} on every host`),
      });
      expect(stdout).toContain(message);
    }
    expect(existsSync(join(folder, 'host-0', 'runs', 'refused'))).toBe(false);
  });

  it.each([
    { args: ['--rank', '0'], message: '--rank: expected --hosts with it' },
    { args: ['--hosts', '127.0.0.1:7000', '--rank', '0'], message: 'expected 2 to 1024 hosts' },
    {
      args: ['--hosts', '127.0.0.1:7000,127.0.0.1:7001'],
      message: '127.0.0.1:7000 and 127.0.0.1:7001 are all this machine',
    },
    {
      args: ['--hosts', '127.0.0.1:7000,127.0.0.1:7001'],
      variables: { RANK: '1', WORLD_SIZE: '3' },
      message: '--hosts: expected 3 hosts, as WORLD_SIZE says, found 2',
    },
  ])('refuses $args', async ({ args, variables, message }) => {
    const { code, stderr } = await capsnet(['train', ...options, ...args], { cwd: folder, env: variables });
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
