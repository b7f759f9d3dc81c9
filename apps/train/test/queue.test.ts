import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { isFull } from '@capsnet/testing/extent';
import type {} from '@capsnet/testing/matchers';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keysOf } from '../src/queue/scripts';
import { barsExperiments } from './bars-experiments';
import { capsnet, jsonLines } from './command-line';
import { freePort, missingRedis, type RedisServer, startRedis } from './redis-server';
import { endWorkers, startWorker, type WorkerProcess } from './worker-process';

let redis: RedisServer;
beforeEach(async ({ task, skip }) => {
  if (missingRedis) {
    task.meta.missing = missingRedis;
    skip(missingRedis);
  }
  redis = await startRedis();
});
afterEach(async () => {
  endWorkers();
  await redis?.remove();
});

/** What the queue holds, for a test to look at and to disturb. */
async function look<T>(use: (queue: Queue, client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(redis.url, { maxRetriesPerRequest: null });
  client.on('error', () => {});
  const queue = new Queue('capsnet', { connection: client });
  try {
    return await use(queue, client);
  } finally {
    await queue.close();
    client.disconnect();
  }
}

/** Until a training of the queue has come to a step with a checkpoint that the queue holds. */
const untilKept = (step = 5) =>
  look((queue, client) =>
    vi.waitFor(
      async () => {
        const [job] = await queue.getJobs(['active']);
        expect((job?.progress as { step?: number } | undefined)?.step ?? 0).toBeGreaterThan(step);
        expect(await client.exists(keysOf(queue, job!.id!).run)).toBe(1);
      },
      { timeout: 120_000, interval: 50 },
    ),
  );

const status = async (cwd: string, ...args: string[]) => {
  const { code, stdout } = await capsnet(['queue', 'status', '--queue', redis.url, '--json', ...args], {
    cwd,
  });
  expect(code).toBe(0);
  return jsonLines(stdout)[0] as unknown as { trainings: Record<string, unknown>[] };
};

/** What takes longest is a part of `npm run test:faults`. */
const inFull = it.runIf(isFull);

describe('seeds that workers take from a queue', () => {
  it('end with the rows, the page and the weights of one machine', async () => {
    const bars = barsExperiments();
    const files = [bars.write('one', [3, 1, 2]), bars.write('two', [7], { epochs: 2 })];
    expect((await bars.experiment([...files, '--runs', 'alone'])).code).toBe(0);
    const page = async () => {
      expect((await bars.experiment([...files, '--page', 'page.md'])).code).toBe(0);
      const [rows, trainings] = readFileSync(bars.at('page.md'), 'utf8').split('## Trainings');
      return { rows, header: trainings!.split('\n')[2] };
    };
    const { rows, header } = await page();
    const expected = {
      one: bars.row('one'),
      two: bars.row('two'),
      page: { rows, header: `${header} host |` },
    };
    for (const name of ['one', 'two']) bars.forget(name);

    const workers = [startWorker(bars.folder, redis.url), startWorker(bars.folder, redis.url)];
    const { code, stdout, stderr } = await bars.experiment([...files, '--queue', redis.url]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^one seed 3 {2}begins on /);
    expect({ one: bars.row('one'), two: bars.row('two'), page: await page() }).toEqual(expected);
    for (const run of ['one-seed-1', 'one-seed-2', 'one-seed-3', 'two-seed-7']) {
      expect(bars.weights('runs', run).equals(bars.weights('alone', run)), run).toBe(true);
    }
    const { trained } = JSON.parse(readFileSync(bars.at('experiments/results/two.json'), 'utf8'));
    expect(trained[0].hosts).toEqual([hostname()]);

    const { trainings } = await status(bars.folder);
    expect(trainings.map(({ training, state }) => `${training} ${state}`).sort()).toEqual(
      ['one seed 1', 'one seed 2', 'one seed 3', 'two seed 7'].map(training => `${training} finished`),
    );

    // And once more: there is nothing left to do, even without the queue.
    const again = await bars.experiment([...files, '--json']);
    expect(jsonLines(again.stdout).map(({ type }) => type)).toEqual(['row', 'row']);
    for (const worker of workers) worker.kill('SIGTERM');
    for (const worker of workers) expect((await worker.ended).code).toBe(143);
  });

  inFull(
    'go on without the command that put them there, which collects them when it is called again',
    async () => {
      const bars = barsExperiments();
      const file = bars.write('left', [1]);
      const args = [file, '--queue', redis.url, '--json'];
      const left = await bars.experiment(args, {
        onLine(line, kill) {
          if (JSON.parse(line).type === 'begun') kill('SIGTERM');
        },
        onStart: () => startWorker(bars.folder, redis.url),
      });
      expect(left.code).toBe(143);
      expect(jsonLines(left.stdout).at(-1)).toMatchObject({
        type: 'interrupted',
        resume: `capsnet experiment --backend wasm ${args.join(' ')}`,
      });
      await vi.waitFor(
        async () => expect((await status(bars.folder)).trainings).toMatchObject([{ state: 'finished' }]),
        { timeout: 120_000, interval: 200 },
      );
      expect(existsSync(bars.at('runs'))).toBe(false);
      const second = await bars.experiment(args);
      expect([second.code, jsonLines(second.stdout).at(-1)?.type]).toEqual([0, 'row']);
      expect(existsSync(bars.at('runs/left-seed-1/model.safetensors'))).toBe(true);
      // The queue has it no longer after a while, and the command that needs it again has it trained again.
      await look((queue, client) => queue.getJobs().then(([job]) => client.del(keysOf(queue, job!.id!).run)));
      const elsewhere = await bars.experiment([...args, '--runs', 'elsewhere']);
      expect(elsewhere.code).toBe(0);
      bars.forget('left');
      const third = await bars.experiment([...args, '--runs', 'elsewhere']);
      expect([third.code, third.stdout]).toEqual([0, expect.stringContaining('is trained again')]);
      expect(bars.weights('elsewhere', 'left-seed-1').equals(bars.weights('runs', 'left-seed-1'))).toBe(true);
    },
  );
});

describe('a training goes on elsewhere from its last checkpoint', () => {
  async function disturbed(disturb: (worker: WorkerProcess, bars: Bars) => Promise<void>) {
    const bars = barsExperiments();
    const file = bars.write('moved', [1], { epochs: 12 });
    expect((await bars.experiment([file, '--runs', 'alone'])).code).toBe(0);
    const expected = bars.row('moved');
    bars.forget('moved');
    const worker = startWorker(bars.folder, redis.url);
    const trained = bars.experiment([file, '--queue', redis.url, '--json']);
    await Promise.race([
      untilKept(),
      trained.then(({ stderr }) => Promise.reject(new Error(`ended: ${stderr}`))),
    ]);
    await disturb(worker, bars);
    const { code, stderr } = await trained;
    expect([code, stderr]).toEqual([0, '']);
    expect(bars.row('moved')).toEqual(expected);
    expect(bars.weights('runs', 'moved-seed-1').equals(bars.weights('alone', 'moved-seed-1'))).toBe(true);
    return {
      /** How many processes trained it. */
      sessions: JSON.parse(readFileSync(bars.at('runs/moved-seed-1/sessions.json'), 'utf8')).length,
      bars,
    };
  }
  type Bars = ReturnType<typeof barsExperiments>;

  it('when its worker is killed, whose own process of the training ends too', async () => {
    const { sessions } = await disturbed(async (worker, bars) => {
      const trainer = childOf(worker.process.pid!);
      worker.kill('SIGKILL');
      await worker.ended;
      if (trainer !== undefined) {
        await vi.waitFor(() => expect(isRunning(trainer)).toBe(false), { timeout: 60_000 });
      }
      await vi.waitFor(
        async () => expect((await status(bars.folder)).trainings).toMatchObject([{ state: 'silent' }]),
        { timeout: 30_000 },
      );
      startWorker(bars.folder, redis.url);
    });
    expect(sessions).toBe(2);
  });

  it('when its worker is told to end: it hands the training back with a checkpoint, at once', async () => {
    const { sessions } = await disturbed(async (worker, bars) => {
      const back = worker.next('handed-back');
      worker.kill('SIGTERM');
      await back;
      expect((await worker.ended).code).toBe(143);
      expect((await status(bars.folder)).trainings).toMatchObject([{ state: 'waiting', failures: 0 }]);
      startWorker(bars.folder, redis.url);
    });
    expect(sessions).toBe(2);
  });

  inFull('when its worker stands still, which writes nothing more when it goes on', async () => {
    let first: WorkerProcess | undefined;
    const { bars } = await disturbed(async (worker, { folder }) => {
      first = worker;
      worker.kill('SIGSTOP');
      const second = startWorker(folder, redis.url);
      await second.next('taken');
      worker.kill('SIGCONT');
      await second.next('finished');
    });
    expect(first!.events.map(({ type }) => type)).not.toContain('finished');
    expect(first!.events.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('the queue has given the training to another worker'),
    );
    expect((await status(bars.folder)).trainings).toMatchObject([{ state: 'finished', failures: 0 }]);
  });

  inFull('when the queue is killed and starts anew', async () => {
    await disturbed(async () => {
      await redis.stop('SIGKILL');
      await redis.start();
    });
  });

  inFull('from its beginning, when the queue has forgotten everything', async () => {
    await disturbed(async () => {
      await look((_, client) => client.flushall());
    });
  });
});

/** Where the system shows it. */
function childOf(pid: number): number | undefined {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? Number(readFileSync(file, 'utf8').trim().split(' ')[0]) : undefined;
}

function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
}

describe('a training that cannot succeed', () => {
  it('fails with its reason, and keeps none of the others from their end', async () => {
    const bars = barsExperiments();
    const files = [
      bars.write('diverges', [1], { learningRate: { initial: 1e30 } }),
      bars.write('no-data', [1], {}, { folder: 'none' }),
      bars.write('short', [1], { epochs: 1 }),
      bars.write('good', [1]),
    ];
    startWorker(bars.folder, redis.url);
    await look(async queue => {
      await queue.add('nonsense', { name: '../../etc', seed: -1 }, { jobId: 'nonsense' });
      await queue.add('nothing', null, { jobId: 'nothing' });
    });
    const { code, stderr } = await bars.experiment([...files, '--queue', redis.url]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/2 of 4 trainings failed: /);
    expect(stderr).toMatch(/diverges seed 1: stopped at step \d+ [^;]+ is (NaN|Infinity)/);
    expect(stderr).toMatch(/no-data seed 1: data: expected a folder of IDX files, found nothing: none/);
    expect(stderr).toContain('The same command tries them again');
    expect(bars.row('good').trained).toHaveLength(1);
    const { trainings } = await status(bars.folder);
    const failed = trainings.filter(({ state }) => state === 'failed');
    expect(Object.fromEntries(failed.map(({ training, failures }) => [training, failures]))).toEqual({
      'diverges seed 1': 3,
      'no-data seed 1': 3,
      nonsense: 1,
      nothing: 1,
    });

    // Once fixed, the same command goes on.
    mkdirSync(bars.at('none'));
    for (const name of readdirSync(bars.at('bars'))) {
      writeFileSync(bars.at(`none/${name}`), readFileSync(bars.at(`bars/${name}`)));
    }
    expect((await bars.experiment([files[1]!, '--queue', redis.url])).code).toBe(0);
  });

  it('on one worker is left to another, on which it succeeds', async () => {
    const bars = barsExperiments();
    const file = bars.write('elsewhere', [1], { epochs: 1 });
    const good = startWorker(bars.folder, redis.url, [], 60);
    await good.next('waiting');
    good.kill('SIGSTOP');
    // It has no such images.
    mkdirSync(bars.at('empty'));
    const bad = startWorker(bars.at('empty'), redis.url, [], 60);
    const trained = bars.experiment([file, '--queue', redis.url]);
    await bad.next('note');
    // It looks at the training again, and again.
    await look(queue =>
      vi.waitFor(async () => expect(await queue.getJobCounts('delayed')).toEqual({ delayed: 1 }), {
        timeout: 60_000,
      }),
    );
    good.kill('SIGCONT');
    const { code, stderr } = await trained;
    expect([code, stderr]).toEqual([0, '']);
    expect((await status(bars.folder)).trainings).toMatchObject([{ state: 'finished', failures: 1 }]);
    expect(bad.events.filter(({ type }) => type === 'taken')).toHaveLength(1);
  });

  inFull('is not begun again and again when it ends its worker each time', async () => {
    const bars = barsExperiments();
    const file = bars.write('deadly', [1]);
    const trained = bars.experiment([file, '--queue', redis.url]);
    let deaths = 0;
    for (;;) {
      const worker = startWorker(bars.folder, redis.url, [], 1);
      const said = await Promise.race([worker.next('taken'), trained]);
      if (!('id' in said)) break;
      worker.kill('SIGKILL');
      await worker.ended;
      deaths++;
    }
    expect(deaths).toBe(5);
    const { code, stderr } = await trained;
    expect([code, stderr]).toEqual([1, expect.stringContaining('5 workers have begun it')]);
  });
});

it('who has lost a training changes nothing in the queue', async () => {
  const { addScripts } = await import('../src/queue/scripts');
  await look(async (queue, plain) => {
    const client = addScripts(plain);
    const job = await queue.add('some', {}, { jobId: 'some' });
    const { lock, job: key, logs, run, training } = keysOf(queue, job.id!);
    const write = async (token: string) => [
      await client.capsnetBegin(lock, training, token, token),
      await client.capsnetTell(lock, key, logs, token, `{"host":"${token}"}`, token),
      await client.capsnetKeep(lock, run, training, token, 60, Buffer.from(token)),
      await client.capsnetFailedOn(lock, training, token, token),
    ];
    const held = async () =>
      JSON.stringify([
        await client.hgetall(key),
        await client.lrange(logs, 0, -1),
        await client.get(run),
        await client.hgetall(training),
      ]);
    await client.set(lock, 'first');
    expect(await write('first')).toEqual([1, 1, 1, 1]);
    expect(await held()).toContain('first');
    await client.set(lock, 'second');
    const before = await held();
    expect(await write('first')).toEqual([0, 0, 0, 0]);
    expect(await held()).toBe(before);
    await client.del(lock);
    expect(await write('first')).toEqual([0, 0, 0, 0]);
    expect(await held()).toBe(before);
    await client.set(lock, 'second');
    expect(await write('second')).toEqual([1, 1, 1, 1]);
    expect(JSON.parse((await client.hget(training, 'hosts'))!)).toEqual(['first', 'second']);
  });
});

describe('runs in a folder that all workers see', () => {
  it('stay there, in a queue of their own, and pass from a killed worker to another', async () => {
    const bars = barsExperiments();
    const file = bars.write('shared', [1, 2], { epochs: 6 });
    expect((await bars.experiment([file, '--runs', 'alone'])).code).toBe(0);
    const expected = bars.row('shared');
    bars.forget('shared');
    const shared = ['--shared-runs', 'common'];
    const first = startWorker(bars.folder, redis.url, shared);
    // One that does not see the folder takes nothing of it.
    const other = startWorker(bars.folder, redis.url);
    const trained = bars.experiment([file, '--queue', redis.url, ...shared]);
    await first.next('taken');
    await vi.waitFor(() => expect(existsSync(bars.at('common/shared-seed-1/checkpoints'))).toBe(true), {
      timeout: 60_000,
    });
    first.kill('SIGKILL');
    startWorker(bars.folder, redis.url, shared);
    expect((await trained).code).toBe(0);
    expect(bars.row('shared')).toEqual(expected);
    for (const run of ['shared-seed-1', 'shared-seed-2']) {
      expect(bars.weights('common', run).equals(bars.weights('alone', run)), run).toBe(true);
    }
    expect(other.events.map(({ type }) => type)).toEqual(['waiting']);
    expect((await status(bars.folder)).trainings).toEqual([]);
    expect((await status(bars.folder, ...shared)).trainings).toHaveLength(2);
    await look(async (_, client) => expect(await client.keys('*:run')).toEqual([]));
  });
});

it('the dashboard of bull-board shows the trainings', async () => {
  const bars = barsExperiments();
  await look(queue => queue.add('some seed 1', {}, { jobId: 'some-seed-1-0' }));
  let answer: Promise<Response> | undefined;
  const { code } = await capsnet(['queue', 'dashboard', '--queue', redis.url, '--port', '0', '--json'], {
    cwd: bars.folder,
    onLine(line, kill) {
      const { type, url } = JSON.parse(line);
      if (type === 'listening') answer = fetch(`${url}/api/queues`).finally(() => kill('SIGTERM'));
    },
  });
  expect(code).toBe(0);
  expect(JSON.stringify(await (await answer!).json())).toContain('capsnet');
});

describe('what a user gets wrong', () => {
  it.each([
    [['--queue', 'postgres://10.0.0.1/db'], '--queue: expected the URL of a Redis or Valkey'],
    [['--queue', 'nonsense'], '--queue: expected the URL of a Redis or Valkey'],
    [['--shared-runs', 'x'], '--shared-runs: expected --queue with it'],
    [['--workers', '0'], 'Expected a positive integer'],
    [['--workers', '2', '--queue', 'redis://127.0.0.1:1'], 'cannot be used with'],
  ])('%j', async (args, message) => {
    const bars = barsExperiments();
    const { code, stderr } = await bars.experiment([bars.write('some', [1]), ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  it('an address where nobody answers, without its password', async () => {
    const bars = barsExperiments();
    const port = await freePort();
    for (const command of [['worker'], ['queue', 'status'], ['experiment', bars.write('some', [1])]]) {
      const { code, stderr } = await capsnet([...command, '--queue', `redis://me:secret@127.0.0.1:${port}`], {
        cwd: bars.folder,
      });
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining(`--queue: redis://127.0.0.1:${port} cannot be reached: `),
      ]);
      expect(stderr).not.toContain('secret');
    }
  });

  it('the password', async () => {
    const bars = barsExperiments();
    await look((_, client) => client.config('SET', 'requirepass', 'right'));
    for (const [user, code, message] of [
      ['', 2, 'cannot be used: NOAUTH'],
      [':wrong@', 2, 'cannot be used: WRONGPASS'],
      [':right@', 0, ''],
    ] as const) {
      const found = await capsnet(['queue', 'status', '--queue', `redis://${user}127.0.0.1:${redis.port}`], {
        cwd: bars.folder,
      });
      expect([found.code, found.stderr]).toEqual([code, expect.stringContaining(message)]);
      expect(found.stderr).not.toContain('wrong@');
    }
  });

  it('a run that was begun without the queue', async () => {
    const bars = barsExperiments();
    const file = bars.write('begun', [1]);
    await bars.experiment([file, '--json'], {
      onLine(line, kill) {
        if (JSON.parse(line).step === 7) kill('SIGTERM');
      },
    });
    const { code, stderr } = await bars.experiment([file, '--queue', redis.url]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('was begun without the queue')]);
    await look(async queue => expect(await queue.getJobCounts('waiting')).toEqual({ waiting: 0 }));
  });
});
