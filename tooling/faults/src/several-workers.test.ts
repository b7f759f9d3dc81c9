import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { times } from '@capsnet/testing/extent';
import { linearCongruential } from '@capsnet/testing/linear-congruential';
import { describe, expect, onTestFinished, test } from 'vitest';
import { built, type Finished } from '../../../apps/train/test/command-line';
import { freePorts } from '../../../packages/backend/test/free-ports';
import { backends, demandBackend } from './backends';
import { count, skipBecause } from './counts';
import { training } from './training';

// Workers on one machine share its processors.
const env = { TF_NUM_INTRAOP_THREADS: '1' };
const steps = 12;

/** Starts all workers of a run; `watch` sees the lines of each. */
async function together(
  size: number,
  start: (rank: number, watched: object, args: readonly string[]) => Promise<Finished>,
  watch: (rank: number, step: number, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Finished[]> {
  const hosts = (await freePorts(size)).map(port => `127.0.0.1:${port}`).join(',');
  return Promise.all(
    Array.from({ length: size }, (_, rank) => {
      const onLine = (line: string, kill: (signal: NodeJS.Signals) => void) => {
        const { type, step } = JSON.parse(line);
        if (type === 'step') watch(rank, step, kill);
      };
      return start(rank, { env, onLine }, ['--hosts', hosts, '--rank', String(rank)]);
    }),
  );
}

const lostMessage = (rank: number) =>
  new RegExp(`workers: worker ${rank} \\([^)]+\\) does not answer: ended, frozen, or out of reach`);

describe('several workers that train one network, and one of them', () => {
  test.for([
    ...backends.map(backend => ({ fault: 'killed', backend, rounds: times({ full: 25, quick: 1 }) })),
    { fault: 'frozen', backend: 'wasm' as const, rounds: times({ full: 10, quick: 1 }) },
  ])('$fault, $backend', async ({ fault, backend, rounds }, context) => {
    await demandBackend(context, backend);
    if (process.platform === 'win32') skipBecause(context, 'Windows cannot stop a process for a while');
    const { begin, resume, weights } = training({ backend, epochs: 1, steps });
    const random = linearCongruential(rounds);
    const undisturbed = new Map<number, Buffer>();
    for (let round = 0; round < rounds; round++) {
      const size = 2 + (round % 3);
      if (!undisturbed.has(size)) {
        const name = `undisturbed-${size}`;
        const ended = await together(size, (_, watched, args) => begin(name, watched, args));
        expect(ended.map(({ code }) => code)).toEqual(ended.map(() => 0));
        undisturbed.set(size, weights(name));
      }
      const name = `disturbed-${round}`;
      const victim = Math.floor(size * random());
      const at = 2 + Math.floor((steps - 3) * random());
      let end = () => {};
      let others = size - 1;
      const ended = await together(
        size,
        async (rank, watched, args) => {
          const finished = await begin(name, watched, args);
          // One that is frozen is ended when the others have gone.
          if (rank !== victim && --others === 0) end();
          return finished;
        },
        (rank, step, kill) => {
          if (rank !== victim || step !== at) return;
          kill(fault === 'killed' ? 'SIGKILL' : 'SIGSTOP');
          end = () => kill('SIGKILL');
        },
      );
      for (const [rank, { code, signal, stdout }] of ended.entries()) {
        if (rank === victim) expect(signal).toBe('SIGKILL');
        else {
          expect(code).toBe(1);
          expect(stdout).toMatch(lostMessage(victim));
        }
      }
      const resumed = await together(size, (_, watched, args) => resume(name, watched, args));
      expect(resumed.map(({ code }) => code)).toEqual(resumed.map(() => 0));
      expect(weights(name).equals(undisturbed.get(size)!)).toBe(true);
    }
    count(context, {
      [fault]: rounds,
      'all others ended with its name': rounds,
      'went on, to the bytes of an undisturbed run': rounds,
    });
  });
});

describe('a network between workers that falls apart', () => {
  test('wasm', async context => {
    await demandBackend(context, 'wasm');
    const ip = (...args: readonly string[]) => execFileSync('ip', args, { stdio: 'ignore' });
    const prefix = `cf${process.pid}`;
    const spaces = [0, 1, 2].map(rank => `${prefix}n${rank}`);
    try {
      ip('link', 'add', `${prefix}b`, 'type', 'bridge');
    } catch {
      skipBecause(context, 'network namespaces need Linux, root, and ip of iproute2');
    }
    onTestFinished(() => {
      for (const space of spaces) if (existsSync(`/run/netns/${space}`)) ip('netns', 'delete', space);
      ip('link', 'delete', `${prefix}b`);
    });
    ip('link', 'set', `${prefix}b`, 'up');
    for (const [rank, space] of spaces.entries()) {
      ip('netns', 'add', space);
      ip('link', 'add', `${prefix}v${rank}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
      ip('link', 'set', `${prefix}v${rank}`, 'master', `${prefix}b`, 'up');
      ip('-n', space, 'addr', 'add', `10.78.0.${rank + 1}/24`, 'dev', 'eth0');
      ip('-n', space, 'link', 'set', 'lo', 'up');
      ip('-n', space, 'link', 'set', 'eth0', 'up');
    }
    // Long enough that a cable is pulled before it has ended.
    const { data, pathOf, begin, weights } = training({ backend: 'wasm', epochs: 3, steps });
    expect(
      (await together(3, (_, watched, args) => begin('undisturbed', watched, args))).map(({ code }) => code),
    ).toEqual([0, 0, 0]);
    const hosts = spaces.map((_, rank) => `10.78.0.${rank + 1}:7000`).join(',');
    const configuration = join(pathOf('undisturbed'), 'config.json');

    /** In its namespace: exit code and output. */
    const inSpace = (rank: number, args: readonly string[], onStep: (step: number) => void) =>
      new Promise<{ code: number | null; stdout: string }>(resolve => {
        const all = [built, 'train', '--json', '--hosts', hosts, '--rank', String(rank), ...args];
        const child = spawn('ip', ['netns', 'exec', spaces[rank]!, process.execPath, ...all], {
          cwd: join(data, '..'),
          env: { ...process.env, ...env, NO_COLOR: '1' },
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let stdout = '';
        child.stdout.on('data', chunk => {
          stdout += chunk;
          for (const [, step] of String(chunk).matchAll(/"type":"step","split":"train","step":(\d+)/g))
            onStep(Number(step));
        });
        child.once('close', code => resolve({ code, stdout }));
      });

    const rounds = times({ full: 6, quick: 1 });
    for (let round = 0; round < rounds; round++) {
      const name = `apart-${round}`;
      const cut = round % 3;
      let isCut = false;
      const ended = await Promise.all(
        spaces.map((_, rank) =>
          inSpace(rank, ['--name', name, '--config', configuration], step => {
            if (isCut || step < 2 + round) return;
            isCut = true;
            ip('link', 'set', `${prefix}v${cut}`, 'down');
          }),
        ),
      );
      ip('link', 'set', `${prefix}v${cut}`, 'up');
      for (const [rank, { code, stdout }] of ended.entries()) {
        expect(code).toBe(1);
        // The one that is alone takes the one before it for lost.
        expect(stdout).toMatch(lostMessage(rank === cut ? (cut + 2) % 3 : cut));
      }
      const resumed = await Promise.all(
        spaces.map((_, rank) => inSpace(rank, ['--resume', '--name', name], () => {})),
      );
      expect(resumed.map(({ code }) => code)).toEqual([0, 0, 0]);
      expect(readFileSync(join(pathOf(name), 'model.safetensors')).equals(weights('undisturbed'))).toBe(true);
    }
    count(context, {
      'cut off': rounds,
      'all others ended with its name': rounds,
      'went on, to the bytes of an undisturbed run': rounds,
    });
  });
});
