import cluster from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';

/** Messages between the first process and those that answer requests. */
type Message = { readonly capsnet: 'metrics'; readonly id: number; readonly text?: string };

/** How long a process that ended by itself is left alone, in milliseconds: one that cannot start must not do so all the time. */
const rest = 1000;

export interface ProcessEvents {
  /** All of them answer requests now. */
  readonly onListening: (port: number) => void;
  /** One has ended by itself, and another takes its place. */
  readonly onReplaced: (how: string) => void;
}

/**
 * Answers requests in several processes of this same command, which share a port. A process that ends is replaced; one that ends
 * before it has ever listened ends all, for it has said why, and the next would say the same.
 *
 * @returns the exit code, once all have ended
 */
export async function runProcesses(
  count: number,
  { onListening, onReplaced }: ProcessEvents,
): Promise<number> {
  const registry = new AggregatorRegistry();
  const listening = new Set<number>();
  let isEnding = false;
  let wasListening = false;
  let exitCode = 0;
  const end = () => {
    isEnding = true;
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM');
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end);

  return new Promise(resolve => {
    cluster.on('listening', (worker, { port }) => {
      listening.add(worker.id);
      // What keeps one from starting would keep all: the first one goes alone.
      if (worker.id === 1) for (let i = 1; i < count; i++) cluster.fork();
      if (!wasListening && listening.size === count) {
        wasListening = true;
        onListening(port);
      }
    });
    cluster.on('message', async (worker, { capsnet, id }: Message) => {
      if (capsnet !== 'metrics') return;
      // One that computes may be late.
      const text = await registry.clusterMetrics().catch(error => `# ${error.message}\n`);
      if (worker.isConnected()) worker.send({ capsnet, id, text });
    });
    cluster.on('exit', (worker, code, signal) => {
      const hadListened = listening.delete(worker.id);
      if (!isEnding && hadListened) {
        onReplaced(signal ? `by ${signal}` : `with exit code ${code}`);
        setTimeout(() => isEnding || cluster.fork(), rest);
        return;
      }
      if (!isEnding) {
        exitCode = code || 1;
        end();
      }
      if (Object.keys(cluster.workers ?? {}).length === 0) resolve(exitCode);
    });
    cluster.fork();
  });
}

/** The number of this process among those that answer requests, from 1; undefined when it is the only one, or the first of all. */
export function processNumber(): number | undefined {
  // Here it makes the process tell its metrics when it is asked for them.
  if (cluster.isWorker) new AggregatorRegistry();
  return cluster.worker?.id;
}

/** Lets go of the first process; nothing else keeps this one alive then. */
export function leaveProcesses(): void {
  cluster.worker?.disconnect();
}

let requests = 0;

/** The metrics of all processes together, of which the first one knows. */
export function metricsOfAll(): Promise<string> {
  const id = ++requests;
  return new Promise(resolve => {
    const hear = ({ capsnet, id: of, text }: Message) => {
      if (capsnet !== 'metrics' || of !== id || text === undefined) return;
      process.off('message', hear);
      resolve(text);
    };
    process.on('message', hear);
    process.send!({ capsnet: 'metrics', id } satisfies Message);
  });
}
