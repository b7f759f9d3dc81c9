import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { lockFolder } from '@capsnet/checks/node';
import type { Job, Worker } from 'bullmq';
import type { Console } from '../terminal/console';
import { messageOf } from '../terminal/errors';
import { holdLease, type Lease } from './lease';
import { connect, type RedisConnection } from './redis-connection';
import { keptFor, type ToldProgress } from './redis-queue';
import { packRun, unpackRun } from './run-archive';
import { type JobKeys, keysOf } from './scripts';
import { startTrainingProcess, type TrainingEnd } from './training-process';
import { readTraining, type Training, type TrainingProgress } from './training-queue';

export interface WorkerOptions {
  readonly url: string;
  /** The folder of all runs, if all workers see it; undefined if runs travel through the queue. */
  readonly sharedRuns: string | undefined;
  /** How long a worker that is not heard of keeps its training, in milliseconds. */
  readonly lease: number;
  readonly output: Console;
  /** Hands the training back and ends. */
  readonly signal: AbortSignal;
}

/** How often a worker without a training looks for one, in milliseconds. */
const lookEvery = 1000;
/** After a training has failed here another worker may take it first. In milliseconds. */
const restAfterFailure = 4000;
/** How long a training that has failed here is left to others before it is looked at again, in milliseconds. */
const leftToOthersFor = 5000;
/** This worker, in what the queue holds. */
const self = `${hostname()} ${process.pid}`;
/** So often a training may begin without coming to its next checkpoint: one that ends its worker ends no more. */
const mostStarts = 5;
/** A month, in seconds: as long as the checkpoint is kept of a training that nobody goes on with. */
const checkpointKeptFor = 30 * 24 * 3600;

/** Trains what is in the queue, one training at a time, until it is told to end. */
export async function work({ url, sharedRuns, lease, output, signal }: WorkerOptions): Promise<void> {
  const connection = await connect(url, sharedRuns, {
    isWorker: true,
    onState: note => output.note(note),
  });
  const { Worker: BullWorker } = await import('bullmq');
  const worker: Worker = new BullWorker(connection.queue.name, null, {
    connection: connection.client,
    autorun: false,
    name: hostname(),
    lockDuration: lease,
    stalledInterval: Math.ceil(lease / 3),
    // How often a training changes hands is no fault of it; `mostStarts` counts what is.
    maxStalledCount: 1e9,
  });
  worker.on('error', () => {});
  await removeLeftFolders();
  output.print(
    `waiting for trainings in ${connection.place}; runs ${sharedRuns === undefined ? 'travel through it' : `are in ${sharedRuns}`}`,
  );
  output.emit({ type: 'waiting', queue: connection.queue.name });
  await worker.startStalledCheckTimer();
  try {
    while (!signal.aborted) {
      const token = randomUUID();
      const asked = performance.now();
      const job: Job | undefined = await connection
        .soon(worker.getNextJob(token, { block: false }))
        .catch(() => undefined);
      if (!job) {
        await wait(lookEvery, undefined, { signal }).catch(() => {});
        continue;
      }
      const held = holdLease(() => connection.soon(job.extendLock(token, lease)), lease, asked);
      try {
        await new Assignment(job, token, held, { connection, sharedRuns, output, signal }).end();
      } finally {
        held.release();
      }
    }
  } finally {
    await Promise.race([worker.close(true).catch(() => {}), wait(1000)]);
    await connection.close();
  }
}

interface Surroundings extends Pick<WorkerOptions, 'sharedRuns' | 'output' | 'signal'> {
  readonly connection: RedisConnection;
}

/** A training that the queue has given to this worker. */
class Assignment {
  readonly #job: Job;
  readonly #token: string;
  readonly #lease: Lease;
  readonly #around: Surroundings;
  readonly #keys: JobKeys;
  /** As told last. */
  #progress: TrainingProgress | undefined;

  constructor(job: Job, token: string, lease: Lease, around: Surroundings) {
    this.#job = job;
    this.#token = token;
    this.#lease = lease;
    this.#around = around;
    this.#keys = keysOf(around.connection.queue, job.id!);
  }

  /** Trains it to whatever end. */
  async end(): Promise<void> {
    const { output, signal } = this.#around;
    try {
      await this.#train().catch(async error => {
        if (this.#lease.isLost()) throw error;
        // What is wrong here may be right elsewhere.
        await this.#fail(messageOf(error), { forGood: false });
        await wait(restAfterFailure, undefined, { signal }).catch(() => {});
      });
    } catch (error) {
      // The queue gives it to another worker.
      output.note(`${this.#job.name}: ${messageOf(error)}`);
    }
  }

  async #train(): Promise<void> {
    const { output } = this.#around;
    const training = this.#read();
    if (typeof training === 'string') return this.#fail(training, { forGood: true });
    if (await this.#isForAnother()) {
      // Without a word: it is so every few seconds, until another worker is free.
      return this.#job.moveToDelayed(Date.now() + leftToOthersFor, this.#token);
    }
    const starts = await this.#begin();
    if (starts > mostStarts) {
      return this.#fail(
        `${mostStarts} workers have begun it, and none has come to the next checkpoint before it ended`,
        {
          forGood: true,
        },
      );
    }
    output.print(`${this.#job.name}: begins`);
    output.emit({ type: 'taken', id: this.#job.id, training: this.#job.name });
    const folder = await mkdtemp(join(tmpdir(), folderPrefix));
    // A folder whose worker was killed is removed by the next one.
    const lock = await lockFolder(folder);
    try {
      await this.#trainIn(folder, training);
    } finally {
      await lock.release();
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** What the job says; or what is wrong with it, for anybody can put one into the queue. */
  #read(): Training | string {
    try {
      return readTraining(this.#job.id!, this.#job.data);
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Whether it has failed on this worker, and there is one on which it has not. */
  async #isForAnother(): Promise<boolean> {
    const { client, soon, workers } = this.#around.connection;
    const failedOn = JSON.parse(
      (await soon(client.hget(this.#keys.training, 'failedOn'))) ?? '[]',
    ) as string[];
    // A Redis may keep to itself who is connected.
    return failedOn.includes(self) && (await workers().catch(() => 0)) > new Set(failedOn).size;
  }

  async #begin(): Promise<number> {
    const { connection } = this.#around;
    const { lock, training } = this.#keys;
    const starts = await connection.soon(
      connection.client.capsnetBegin(lock, training, this.#token, hostname()),
    );
    if (starts === 0) throw this.#lease.lose();
    await this.#tell(undefined, [`${hostname()}: begins`]);
    return starts;
  }

  async #trainIn(folder: string, training: Training): Promise<void> {
    const { sharedRuns, output } = this.#around;
    const runs = sharedRuns ?? join(folder, 'runs');
    const run = join(runs, training.runName);
    if (sharedRuns === undefined) await this.#fetch(run);
    const end = await this.#run(training, folder, runs, run);
    if (this.#lease.isLost()) throw this.#lease.lose();
    if (sharedRuns === undefined && existsSync(run) && end.state !== 'failed') await this.#keep(run, end);
    if (end.state === 'finished') {
      await this.#tell(undefined, [`${hostname()}: finished`]);
      await this.#job.moveToCompleted({ host: hostname() }, this.#token, false);
      output.print(`${this.#job.name}: finished`);
      output.emit({ type: 'finished', id: this.#job.id, training: this.#job.name });
    } else if (end.state === 'interrupted') {
      await this.#tell(undefined, [`${hostname()}: hands it back`]);
      await this.#job.moveToWait(this.#token);
      output.print(`${this.#job.name}: handed back, with a checkpoint`);
      output.emit({ type: 'handed-back', id: this.#job.id, training: this.#job.name });
    } else {
      throw new Error(end.reason);
    }
  }

  /** Writes what the queue keeps of the run to where this worker goes on with it. */
  async #fetch(run: string): Promise<void> {
    const { bulk, atLength } = this.#around.connection;
    const bytes = await this.#lease.whileHeld(atLength(bulk.getBuffer(this.#keys.run)));
    if (!bytes) return;
    await mkdir(run, { recursive: true });
    await unpackRun(new Uint8Array(bytes), run);
  }

  /** Trains in a process of its own, for as long as the training is this worker's. */
  async #run(training: Training, folder: string, runs: string, run: string): Promise<TrainingEnd> {
    const { sharedRuns, signal } = this.#around;
    const isShared = sharedRuns !== undefined;
    const teller = this.#teller(isShared ? undefined : run);
    const place = { folder: join(folder, 'experiment'), runs, takeOver: isShared };
    for (;;) {
      const started = await startTrainingProcess(training, place, teller);
      const stop = () => started.stop('SIGTERM');
      const end = () => started.stop('SIGKILL');
      if (signal.aborted) stop();
      if (this.#lease.isLost()) end();
      signal.addEventListener('abort', stop);
      this.#lease.signal.addEventListener('abort', end);
      const ended = await started.ended;
      signal.removeEventListener('abort', stop);
      this.#lease.signal.removeEventListener('abort', end);
      await teller.rest();
      // A worker that the queue has given up has taken the folder late. It is this one's, as the queue says.
      const isTaken = ended.state === 'failed' && ended.code === 'in-use' && isShared;
      if (!isTaken || signal.aborted) return ended;
      await this.#begin();
    }
  }

  /** Tells the queue what the process tells, one thing at a time, the newest only. */
  #teller(run: string | undefined) {
    let progress: TrainingProgress | undefined;
    let lines: string[] = [];
    let hasCheckpoint = false;
    let isTelling: Promise<void> | undefined;
    const { output } = this.#around;

    const tell = async () => {
      while ((progress || lines.length > 0 || hasCheckpoint) && !this.#lease.isLost()) {
        const [now, said, isNew] = [progress, lines, hasCheckpoint];
        progress = undefined;
        lines = [];
        hasCheckpoint = false;
        try {
          await this.#tell(now, said);
          if (isNew && run !== undefined) await this.#keep(run);
          if (isNew && run === undefined) await this.#noteCheckpoint();
        } catch (error) {
          output.note(`${this.#job.name}: ${messageOf(error)}`);
        }
        await wait(tellEvery);
      }
      isTelling = undefined;
    };
    const wake = () => {
      isTelling ??= tell();
    };
    return {
      onProgress(now: TrainingProgress) {
        progress = now;
        wake();
      },
      onLine(line: string) {
        lines.push(line);
        wake();
      },
      onCheckpoint() {
        hasCheckpoint = true;
        wake();
      },
      /** Until all is told. */
      rest: async () => isTelling,
    };
  }

  async #tell(progress: TrainingProgress | undefined, lines: readonly string[]): Promise<void> {
    const { client, soon } = this.#around.connection;
    const { lock, job, logs } = this.#keys;
    this.#progress = progress ?? this.#progress;
    const told: ToldProgress = {
      host: hostname(),
      pid: process.pid,
      at: new Date().toISOString(),
      ...this.#progress,
    };
    const isOwn = await this.#lease.whileHeld(
      soon(client.capsnetTell(lock, job, logs, this.#token, JSON.stringify(told), ...lines)),
    );
    if (!isOwn) throw this.#lease.lose();
  }

  async #keep(run: string, end?: TrainingEnd): Promise<void> {
    const { bulk, atLength } = this.#around.connection;
    const { lock, run: key, training } = this.#keys;
    const bytes = await packRun(run);
    const seconds = end?.state === 'finished' ? keptFor : checkpointKeptFor;
    const isOwn = await this.#lease.whileHeld(
      atLength(bulk.capsnetKeep(lock, key, training, this.#token, seconds, Buffer.from(bytes))),
    );
    if (!isOwn) throw this.#lease.lose();
  }

  /** One in a folder that all see. */
  async #noteCheckpoint(): Promise<void> {
    const { client, soon } = this.#around.connection;
    await soon(client.hset(this.#keys.training, 'starts', 0));
  }

  async #fail(reason: string, { forGood }: { readonly forGood: boolean }): Promise<void> {
    const { output, connection } = this.#around;
    const { client } = connection;
    const { UnrecoverableError } = await import('bullmq');
    await this.#tell(undefined, [`${hostname()}: ${reason}`]);
    await client.capsnetFailedOn(this.#keys.lock, this.#keys.training, this.#token, self);
    await this.#job.moveToFailed(
      forGood ? new UnrecoverableError(reason) : new Error(reason),
      this.#token,
      false,
    );
    output.note(`${this.#job.name}: failed: ${reason}`);
  }
}

/** In milliseconds: a small network has a thousand steps in a second. */
const tellEvery = 500;

const folderPrefix = 'capsnet-worker-';

/** Of workers of this machine that were killed. */
async function removeLeftFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(folderPrefix)) continue;
    const folder = join(tmpdir(), name);
    // One without a lock is being made, or being removed.
    if (!existsSync(join(folder, '.lock'))) continue;
    // One that is in use is locked, or is another user's.
    const lock = await lockFolder(folder).catch(() => undefined);
    if (!lock) continue;
    await lock.release();
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}
