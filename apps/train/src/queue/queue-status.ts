import { formatBytes, formatDuration, formatRate } from '@capsnet/checks';
import type { Job } from 'bullmq';
import type { RedisConnection } from './redis-connection';
import type { ToldProgress } from './redis-queue';
import { keysOf } from './scripts';

export interface TrainingStatus {
  readonly id: string;
  readonly training: string;
  readonly state: 'running' | 'silent' | 'waiting' | 'failed' | 'finished';
  readonly hosts: readonly string[];
  readonly progress: ToldProgress | null;
  readonly failure?: string | undefined;
  /** How often it has failed. */
  readonly failures: number;
  /** Of its run as the queue keeps it, in bytes. */
  readonly bytes: number;
}

const states = ['active', 'waiting', 'prioritized', 'delayed', 'failed', 'completed'] as const;

/** Of all trainings in the queue: those that run first. */
export async function readStatus(connection: RedisConnection): Promise<TrainingStatus[]> {
  const { queue, soon } = connection;
  const statuses: TrainingStatus[] = [];
  for (const state of states) {
    const jobs: Job[] = await soon(queue.getJobs(state, 0, -1, true));
    for (const job of jobs) if (job) statuses.push(await statusOf(connection, job, state));
  }
  return statuses;
}

async function statusOf(
  { queue, client, soon }: RedisConnection,
  job: Job,
  state: (typeof states)[number],
): Promise<TrainingStatus> {
  const keys = keysOf(queue, job.id!);
  const hosts = JSON.parse((await soon(client.hget(keys.training, 'hosts'))) ?? '[]') as string[];
  const isHeld = (await soon(client.exists(keys.lock))) === 1;
  const progress = job.progress as ToldProgress;
  return {
    id: job.id!,
    training: job.name,
    state:
      state === 'active'
        ? isHeld
          ? 'running'
          : 'silent'
        : state === 'failed'
          ? 'failed'
          : state === 'completed'
            ? 'finished'
            : 'waiting',
    hosts,
    progress: progress?.host ? progress : null,
    ...(job.failedReason && state !== 'completed' && { failure: job.failedReason }),
    // An end without failure is counted there, too.
    failures: job.attemptsMade - (state === 'completed' ? 1 : 0),
    bytes: await soon(client.strlen(keys.run)),
  };
}

/** A line each. */
export function statusLines(statuses: readonly TrainingStatus[]): string[] {
  const width = Math.max(0, ...statuses.map(({ training }) => training.length));
  return statuses.map(status =>
    `${status.training.padEnd(width)}  ${status.state.padEnd(8)}  ${detailsOf(status)}`.trimEnd(),
  );
}

function detailsOf({ state, hosts, progress, failure, failures, bytes }: TrainingStatus): string {
  const kept = bytes > 0 ? `${formatBytes(bytes)} in the queue` : '';
  const at = progress?.step === undefined ? '' : `step ${progress.step}/${progress.totalSteps}`;
  const parts = {
    running: [
      progress?.host,
      at,
      progress?.imagesPerSecond && formatRate(progress.imagesPerSecond),
      progress?.secondsLeft !== undefined && `${formatDuration(progress.secondsLeft)} left`,
    ],
    silent: [progress?.host, at, 'not heard of: another worker takes it soon'],
    waiting: [at, failure && `failed ${failures} times: ${failure}`],
    failed: [hosts.at(-1), failure],
    finished: [hosts.join(', then '), kept],
  }[state];
  return parts.filter(Boolean).join('  ');
}
