import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { coreGroups } from './core-groups';
import { startTrainingProcess, type TrainingEnd, type TrainingProcess } from './training-process';
import type { Ended, Supply, Training, TrainingQueue, Watcher } from './training-queue';

/** Trains in processes of this machine, n at a time, each on processors of its own. Nothing has to be installed. */
export function embeddedQueue(workers: number, runs: string): TrainingQueue {
  return {
    async *train<T extends Training>(
      supply: Supply<T>,
      { signal, watcher }: { readonly signal: AbortSignal; readonly watcher: Watcher<T> },
    ) {
      const folder = await mkdtemp(join(tmpdir(), 'capsnet-queue-'));
      const running = new Map<T, Promise<Ended<T> | null>>();
      const free = [...coreGroups(workers)];
      const processes = new Set<TrainingProcess>();
      const stop = () => {
        for (const each of processes) each.stop('SIGTERM');
      };
      signal.addEventListener('abort', stop);

      const begin = async (training: T, cores: readonly number[] | undefined): Promise<Ended<T> | null> => {
        watcher.onBegin(training, hostname());
        const place = { folder: join(folder, training.id), runs, takeOver: false, cores };
        const started = await startTrainingProcess(training, place, listenerOf(training, watcher));
        processes.add(started);
        if (signal.aborted) started.stop('SIGTERM');
        const end = await started.ended;
        processes.delete(started);
        free.push(cores);
        return endedOf(training, end, signal.aborted);
      };

      try {
        for (;;) {
          while (free.length > 0 && !signal.aborted) {
            const training = await supply.next();
            if (!training) break;
            running.set(training, begin(training, free.shift()));
          }
          if (running.size === 0) break;
          const [training, ended] = await Promise.race(
            [...running].map(async ([training, ended]) => [training, await ended] as const),
          );
          running.delete(training);
          if (ended) yield ended;
        }
      } finally {
        signal.removeEventListener('abort', stop);
        stop();
        await Promise.all(running.values());
        await rm(folder, { recursive: true, force: true });
      }
    },
    close: async () => {},
  };
}

function listenerOf<T extends Training>(training: T, watcher: Watcher<T>) {
  return {
    onProgress: watcher.onProgress.bind(watcher, training),
    onCheckpoint: () => {},
    onLine: watcher.onNote.bind(watcher, training),
  };
}

/** Null for one that was stopped with all others. */
function endedOf<T extends Training>(training: T, end: TrainingEnd, isStopping: boolean): Ended<T> | null {
  const hosts = [hostname()];
  if (end.state === 'finished') return { training, hosts };
  if (end.state === 'failed') return { training, hosts, failure: end.reason };
  return isStopping
    ? null
    : { training, hosts, failure: 'somebody has interrupted its process: the same command goes on with it' };
}
