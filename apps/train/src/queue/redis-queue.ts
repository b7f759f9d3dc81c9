import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Job } from 'bullmq';
import { runFolder } from '../runs/run-folder';
import { UsageError, within } from '../terminal/errors';
import { connect, type RedisConnection } from './redis-connection';
import { packRun, unpackRun } from './run-archive';
import { keysOf } from './scripts';
import {
  type Ended,
  isTrained,
  jobOf,
  type Supply,
  type Training,
  type TrainingProgress,
  type TrainingQueue,
  type Watcher,
} from './training-queue';

/** What a worker tells of a training, over and over. */
export interface ToldProgress extends Partial<TrainingProgress> {
  readonly host: string;
  readonly pid: number;
  /** When it was told, ISO 8601, by the clock of the host. */
  readonly at: string;
}

/** A week, in seconds: as long as what has ended is kept. */
export const keptFor = 7 * 24 * 3600;
/** How often a training that fails is tried, on whichever worker. */
const attempts = 3;
/** So that another worker takes it first, in milliseconds. */
const retryAfter = 2000;
/** How often the queue is asked, in milliseconds. */
const askEvery = 1000;

/**
 * Trains by workers on any machines, which take trainings from a queue in Redis. When the waiting ends, the trainings go on.
 *
 * @param runs the folder into which finished runs come, which is the workers' own if they share it
 */
export async function redisQueue(
  url: string,
  { runs, isShared }: { readonly runs: string; readonly isShared: boolean },
  onState: (note: string) => void,
): Promise<TrainingQueue> {
  const connection = await connect(url, isShared ? runs : undefined, { onState });
  return {
    async *train<T extends Training>(
      supply: Supply<T>,
      { signal, watcher }: { readonly signal: AbortSignal; readonly watcher: Watcher<T> },
    ) {
      const place = isShared ? undefined : runs;
      const open = new Set<T>();
      const seen = new Map<Training, string>();
      const fill = async () => {
        while (!signal.aborted && open.size < (await roomIn(connection, supply))) {
          const training = await supply.next();
          if (!training) return;
          if (place !== undefined) expectUnused(place, training);
          open.add(training);
          await within(connection.place, async () => {
            await removeFailed(connection, training);
            await put(connection, training, place);
          });
        }
      };
      await fill();
      while (open.size > 0 && !signal.aborted) {
        for (const training of open) {
          const ended = await look(connection, training, place, seen, watcher).catch(error =>
            expectAway(error, signal),
          );
          if (!ended || signal.aborted) continue;
          open.delete(training);
          yield ended;
        }
        await fill().catch(error => expectAway(error, signal));
        if (open.size > 0) await wait(askEvery, undefined, { signal }).catch(() => {});
      }
    },
    close: connection.close,
  };
}

/** How many trainings may be in the queue: any number, or one for each worker. */
async function roomIn({ workers }: RedisConnection, { isAdaptive }: Supply<Training>): Promise<number> {
  if (!isAdaptive) return Number.POSITIVE_INFINITY;
  // A Redis may keep to itself who is connected.
  return Math.max(1, await workers().catch(() => 1));
}

/** A seed that was begun here would be trained again from its beginning; a configuration of a sweep goes on. */
function expectUnused(runs: string, training: Training): void {
  const run = runFolder(runs, training.runName);
  if ('trial' in training || !existsSync(run.path) || existsSync(run.results)) return;
  throw new UsageError(
    `${run.path} was begun without the queue: finish it with the same command without --queue, or remove it`,
  );
}

/** The user asks for it again, and may have fixed what was wrong. */
async function removeFailed({ queue, client }: RedisConnection, { id }: Training): Promise<void> {
  const job: Job | undefined = await queue.getJob(id);
  if (!job || !(await job.isFailed())) return;
  await job.remove();
  await client.hdel(keysOf(queue, id).training, 'starts', 'failedOn');
}

/**
 * One that is there already is left as it is.
 *
 * @param runs the folder that has its run, if it was begun before; undefined where workers see that
 */
async function put(connection: RedisConnection, training: Training, runs: string | undefined): Promise<void> {
  const { queue, bulk, atLength } = connection;
  const run = runs === undefined ? undefined : runFolder(runs, training.runName);
  if (run && existsSync(run.config) && !(await isTrained(run, training))) {
    const { run: key } = keysOf(queue, training.id);
    await atLength(bulk.set(key, Buffer.from(await packRun(run.path)), 'EX', keptFor, 'NX'));
  }
  await queue.add(training.label, jobOf(training), {
    jobId: training.id,
    attempts,
    backoff: { type: 'fixed', delay: retryAfter },
    removeOnComplete: { age: keptFor },
    removeOnFail: { age: keptFor },
    keepLogs: 1000,
  });
}

/** How a training is; and once it has ended, what came of it. */
async function look<T extends Training>(
  connection: RedisConnection,
  training: T,
  runs: string | undefined,
  seen: Map<Training, string>,
  watcher: Watcher<T>,
): Promise<Ended<T> | undefined> {
  const { queue, client, soon } = connection;
  const job: Job | undefined = await soon(queue.getJob(training.id));
  if (!job) {
    // A queue that keeps nothing on its disk has forgotten everything when it starts anew.
    watcher.onNote(training, 'is no longer in the queue, and is put there again');
    await soon(put(connection, training, runs));
    return undefined;
  }
  const keys = keysOf(queue, training.id);
  const hosts = JSON.parse((await soon(client.hget(keys.training, 'hosts'))) ?? '[]') as string[];
  const state = await soon(job.getState());
  if (state === 'failed') return { training, hosts, failure: job.failedReason };
  if (state === 'completed') {
    if (runs === undefined || (await collect(connection, training, runs))) return { training, hosts };
    watcher.onNote(training, 'has been collected before, and is trained again');
    await soon(job.remove());
    return undefined;
  }
  if (state !== 'active') return undefined;
  const progress = job.progress as Partial<ToldProgress>;
  if (progress.host === undefined) return undefined;
  const worker = `${progress.host} ${progress.pid}`;
  if (seen.get(training) !== worker) watcher.onBegin(training, progress.host);
  seen.set(training, worker);
  if (progress.step !== undefined) watcher.onProgress(training, progress as TrainingProgress);
  return undefined;
}

/**
 * Unpacks a finished run, unless it is there already.
 *
 * @returns false when the queue has it no longer
 */
async function collect(
  { queue, client, bulk, atLength }: RedisConnection,
  training: Training,
  runs: string,
): Promise<boolean> {
  const run = runFolder(runs, training.runName);
  if (await isTrained(run, training)) return true;
  const keys = keysOf(queue, training.id);
  const bytes = await atLength(bulk.getBuffer(keys.run));
  if (!bytes) return false;
  const unfinished = join(runs, `.unfinished-${randomUUID()}`);
  const before = join(runs, `.before-${randomUUID()}`);
  await within(run.path, async () => {
    try {
      await mkdir(runs, { recursive: true });
      await unpackRun(new Uint8Array(bytes), unfinished);
      // What a sweep has of it from its last rung.
      if (existsSync(run.path)) await rename(run.path, before);
      await rename(unfinished, run.path);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
      await rm(before, { recursive: true, force: true });
    }
  });
  // Somebody else may wait for the same one.
  await client.expire(keys.run, 3600);
  return true;
}

/** While the queue is away there is no news; anything else is for the user. */
function expectAway(error: unknown, signal: AbortSignal): undefined {
  if (signal.aborted || /no answer|Connection is closed|ECONN|LOADING/.test(String(error))) return undefined;
  throw error;
}
