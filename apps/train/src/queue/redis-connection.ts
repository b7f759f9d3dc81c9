import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { messageOf, UsageError, withContext } from '../terminal/errors';
import { addScripts, type Scripts } from './scripts';

/** A queue in Redis, or in what speaks its language, such as Valkey. */
export interface RedisConnection {
  readonly client: Redis & Scripts;
  /** Of its own for runs, which take long: what renews a lease must not wait behind one. */
  readonly bulk: Redis & Scripts;
  readonly queue: Queue;
  /** Where it is, without a password. */
  readonly place: string;
  /** Rejects what takes longer: a queue that cannot be reached would be waited for without end. */
  soon<T>(answer: Promise<T>): Promise<T>;
  /** The same for runs. */
  atLength<T>(answer: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** After this long without an answer the connection is made anew, in milliseconds. */
const longestSilence = 10_000;
/** How long an answer may take, in milliseconds. */
const longestAnswer = 30_000;
/** And a run: one of 100 MB takes 80 s at 10 Mbit/s. */
const longestTransfer = 600_000;
/** How long the first one may take. */
const longestGreeting = 5000;
const noAnswer = 'no answer';

/**
 * @param sharedRuns the folder of all runs that every worker sees, which has a queue of its own; undefined for the queue of workers
 *   that share none
 * @throws UsageError when the URL is of another kind, or nobody answers there
 */
export async function connect(
  url: string,
  sharedRuns: string | undefined,
  onState: (note: string) => void = () => {},
): Promise<RedisConnection> {
  const place = placeOf(url);
  const [{ Queue }, { Redis }] = await Promise.all([import('bullmq'), import('ioredis')]);
  const client = new Redis(url, {
    // What is asked while the queue is away is asked again when it is back.
    maxRetriesPerRequest: null,
    // A connection that leads nowhere any more says nothing by itself.
    socketTimeout: longestSilence,
    retryStrategy: attempts => Math.min(100 * attempts, 2000),
    connectionName: 'capsnet',
  });
  await greet(client, place);
  let isAway = false;
  client.on('close', () => {
    if (!isAway) onState(`${place} is away; it is asked again until it is back`);
    isAway = true;
  });
  client.on('ready', () => {
    if (isAway) onState(`${place} is back`);
    isAway = false;
  });
  const queue = new Queue(await queueName(sharedRuns), { connection: client });
  const bulk = client.duplicate({ socketTimeout: longestTransfer });
  // Of which the first connection tells, too.
  queue.on('error', () => {});
  bulk.on('error', () => {});
  return {
    client: addScripts(client),
    bulk: addScripts(bulk),
    queue,
    place,
    soon: answer => within(answer, longestAnswer, `${place} gives no answer`),
    atLength: answer => within(answer, longestTransfer, `${place} gives no answer`),
    async close() {
      client.removeAllListeners('close');
      await queue.close().catch(() => {});
      bulk.disconnect();
      client.disconnect();
    },
  };
}

/** @throws UsageError when it is no address of a Redis */
function placeOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  // A password is part of the URL, and is not repeated.
  if (!parsed || !/^rediss?:$/.test(parsed.protocol) || !parsed.hostname) {
    throw new UsageError(
      `--queue: expected the URL of a Redis or Valkey, such as redis://127.0.0.1:6379, found ${parsed ? parsed.protocol : 'none'}`,
    );
  }
  return `${parsed.protocol}//${parsed.hostname}:${parsed.port || '6379'}${parsed.pathname.replace(/^\/$/, '')}`;
}

async function greet(client: Redis, place: string): Promise<void> {
  const refused = new Promise<never>((_, reject) => client.on('error', reject));
  // Later errors are told by `close`.
  refused.catch(() => {});
  try {
    await within(Promise.race([client.ping(), refused]), longestGreeting, noAnswer);
  } catch (error) {
    client.disconnect();
    const reason = messageOf(error).replace(/\.+$/, '');
    // What has answered has no code of the system.
    const problem =
      (error as NodeJS.ErrnoException).code === undefined && reason !== noAnswer
        ? `cannot be used: ${reason}. Correct the URL: redis://:PASSWORD@HOST:PORT/DATABASE`
        : `cannot be reached: ${reason}. Start one there with redis-server, or correct the URL`;
    throw new UsageError(`--queue: ${place} ${problem}`, { cause: error });
  }
}

async function within<T>(answer: Promise<T>, milliseconds: number, problem: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(problem)), milliseconds);
  });
  // It may be rejected when nobody waits for it any more.
  answer.catch(() => {});
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Of all queues of trainings. */
export const queuePrefix = 'capsnet';
const markFile = '.capsnet-queue';

/**
 * Workers that share a folder of runs have a queue of their own, named after a file in that folder: so a training never wanders
 * between workers that see its run and workers that do not.
 */
async function queueName(sharedRuns: string | undefined): Promise<string> {
  if (sharedRuns === undefined) return queuePrefix;
  return withContext(`--shared-runs ${sharedRuns}`, async () => {
    const file = join(sharedRuns, markFile);
    await mkdir(sharedRuns, { recursive: true });
    if (!existsSync(file)) {
      await writeFile(file, `${randomUUID()}\n`, { flag: 'wx' }).catch(error => {
        if (error.code !== 'EEXIST') throw error;
      });
    }
    const mark = (await readFile(file, 'utf8')).trim();
    if (/^[0-9a-f-]{36}$/.test(mark)) return `${queuePrefix}-${mark}`;
    throw new UsageError(
      `${file}: expected the name of its queue, found ${JSON.stringify(mark.slice(0, 40))}: remove it`,
    );
  });
}
