import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { isFull } from '@capsnet/testing/extent';
import { linearCongruential } from '@capsnet/testing/linear-congruential';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { barsExperiments } from '../../../apps/train/test/bars-experiments';
import { capsnet, jsonLines } from '../../../apps/train/test/command-line';
import { missingRedis, type RedisServer, startRedis } from '../../../apps/train/test/redis-server';
import { endWorkers, startWorker, type WorkerProcess } from '../../../apps/train/test/worker-process';
import { count, skipBecause } from './counts';

let redis: RedisServer;
beforeEach(async context => {
  if (!isFull)
    skipBecause(context, 'the command line is tested with one of each: a part of npm run test:faults');
  if (missingRedis) skipBecause(context, missingRedis);
  redis = await startRedis();
});
afterEach(async () => {
  endWorkers();
  await redis?.remove();
});

/** Workers and the lease they have, in seconds: what happens to them takes a few. */
const workers = 3;
const lease = 2;

const seeds = [1, 2, 3, 4];

/** Trainings, of which it is known how each ends when nobody disturbs it. */
async function trainings() {
  const bars = barsExperiments();
  const file = bars.write('some', seeds, { epochs: 12 });
  expect((await bars.experiment([file, '--runs', 'alone'])).code).toBe(0);
  const row = bars.row('some');
  return {
    folder: bars.folder,
    /** Trains them once more, by a queue, which `disturb` is given the time to spoil; expects the same end. */
    async trainAgain(disturb: (isDone: () => boolean) => Promise<void>): Promise<void> {
      bars.forget('some');
      const runs = `by-queue-${Math.round(performance.now())}`;
      let isDone = false;
      const trained = bars.experiment([file, '--queue', redis.url, '--runs', runs, '--json']).finally(() => {
        isDone = true;
      });
      await disturb(() => isDone);
      const { code, stdout, stderr } = await trained;
      expect([code, stderr]).toEqual([0, '']);
      expect(jsonLines(stdout).filter(({ failure }) => failure !== undefined)).toEqual([]);
      expect(bars.row('some')).toEqual(row);
      for (const seed of seeds) {
        const name = `some-seed-${seed}`;
        expect(bars.weights(runs, name).equals(bars.weights('alone', name))).toBe(true);
      }
      await forgetAll();
    },
  };
}

/** So that the next round trains anew. */
async function forgetAll(): Promise<void> {
  const socket = connect(redis.port, '127.0.0.1');
  socket.write('FLUSHALL\r\n');
  await once(socket, 'data');
  socket.destroy();
}

describe('workers of a queue that are killed', () => {
  test('wasm', async context => {
    const { folder, trainAgain } = await trainings();
    const kills = 50;
    const random = linearCongruential(5);
    let killed = 0;
    let rounds = 0;
    let running = Array.from({ length: workers }, () => startWorker(folder, redis.url, [], lease));
    while (killed < kills) {
      rounds++;
      await trainAgain(async isDone => {
        while (!isDone() && killed < kills) {
          await untilBusy(folder, isDone);
          await wait(2000 * random());
          if (isDone()) break;
          const victim = Math.floor(workers * random());
          running[victim]!.kill('SIGKILL');
          await running[victim]!.ended;
          killed++;
          running = running.with(victim, startWorker(folder, redis.url, [], lease));
        }
      });
    }
    count(context, {
      kills: killed,
      'trainings that ended with the bytes of undisturbed ones': seeds.length * rounds,
    });
  });
});

describe('a queue that starts anew', () => {
  test('wasm', async context => {
    const { folder, trainAgain } = await trainings();
    const restarts = 20;
    for (let i = 0; i < workers; i++) startWorker(folder, redis.url, [], lease);
    let done = 0;
    let rounds = 0;
    while (done < restarts) {
      rounds++;
      await trainAgain(async isDone => {
        while (!isDone() && done < restarts) {
          await untilBusy(folder, isDone);
          if (isDone()) break;
          await redis.stop(done % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
          await redis.start();
          done++;
        }
      });
    }
    count(context, {
      restarts: done,
      'trainings that ended with the bytes of undisturbed ones': seeds.length * rounds,
    });
  });
});

describe('a worker without a network', () => {
  test('wasm', async context => {
    const { folder, trainAgain } = await trainings();
    const cables = await Promise.all(Array.from({ length: workers }, () => cableTo(redis.port)));
    const all = cables.map(({ url }) => startWorker(folder, url, [], lease));
    const random = linearCongruential(7);
    const partitions = 20;
    let done = 0;
    let rounds = 0;
    let lost = 0;
    while (done < partitions) {
      rounds++;
      await trainAgain(async isDone => {
        while (!isDone() && done < partitions) {
          await untilBusy(folder, isDone);
          if (isDone()) break;
          const cable = cables[Math.floor(workers * random())]!;
          cable.cut();
          // Longer than the lease
          await wait(1000 * lease * 2.5);
          cable.mend();
          done++;
        }
      });
    }
    lost = all.flatMap(({ events }) =>
      events.filter(({ message }) => message?.includes('the queue has given the training to another worker')),
    ).length;
    count(context, {
      partitions: done,
      'trainings that a worker gave up in time': lost,
      'trainings that ended with the bytes of undisturbed ones': seeds.length * rounds,
    });
  });
});

describe('a training that is delivered twice', () => {
  test('wasm', async context => {
    const { folder, trainAgain } = await trainings();
    const deliveries = 20;
    const all: WorkerProcess[] = [];
    for (let i = 0; i < workers; i++) all.push(startWorker(folder, redis.url, [], lease));
    const random = linearCongruential(9);
    let done = 0;
    let rounds = 0;
    while (done < deliveries) {
      rounds++;
      await trainAgain(async isDone => {
        while (!isDone() && done < deliveries) {
          await untilBusy(folder, isDone);
          if (isDone()) break;
          // It stands still until another one has its training, and then goes on as if nothing had happened.
          const frozen = all[Math.floor(workers * random())]!;
          frozen.kill('SIGSTOP');
          await wait(1000 * lease * 2.5);
          frozen.kill('SIGCONT');
          done++;
        }
      });
    }
    const twice = all.flatMap(({ events }) =>
      events.filter(({ message }) => message?.includes('the queue has given the training to another worker')),
    ).length;
    count(context, {
      'workers that stood still': done,
      'trainings that two workers had, of which one wrote nothing more': twice,
      'trainings that ended with the bytes of undisturbed ones': seeds.length * rounds,
    });
  });
});

/** Until somebody trains, or all is done. */
async function untilBusy(cwd: string, isDone: () => boolean): Promise<void> {
  await vi.waitFor(
    async () => {
      if (isDone()) return;
      const { stdout } = await capsnet(['queue', 'status', '--queue', redis.url, '--json'], { cwd });
      expect(stdout).toContain('"state":"running"');
      expect(stdout).toContain('"step":');
    },
    { timeout: 120_000, interval: 100 },
  );
}

interface Cable {
  readonly url: string;
  /** Nothing gets through any more, and nobody is told. */
  cut(): void;
  /** It gets through again: what was sent meanwhile, too. */
  mend(): void;
}

/** A connection that can be cut, as by an unplugged cable. */
async function cableTo(port: number): Promise<Cable> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer(near => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', data => to.write(data));
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on('error', () => {});
      if (isCut) from.pause();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `redis://127.0.0.1:${(server.address() as { port: number }).port}`,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.pause();
    },
    mend() {
      isCut = false;
      for (const socket of sockets) socket.resume();
    },
  };
}
