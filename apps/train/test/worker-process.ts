import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { built } from './command-line';

export interface WorkerEvent {
  readonly type: string;
  readonly id?: string;
  readonly training?: string;
  readonly message?: string;
}

/** `capsnet worker` as a process. */
export interface WorkerProcess {
  readonly process: ChildProcess;
  readonly events: readonly WorkerEvent[];
  /** Until it has told such a thing since this was called; rejects when it ends before. */
  next(type: string): Promise<WorkerEvent>;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stderr: string;
  }>;
}

const started: ChildProcess[] = [];

/** Ends those that a test has left behind. */
export function endWorkers(): void {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  }
}

/** @param lease in seconds */
export function startWorker(
  cwd: string,
  url: string,
  args: readonly string[] = [],
  lease = 3,
): WorkerProcess {
  const child = spawn(
    process.execPath,
    [built, 'worker', '--queue', url, '--lease', String(lease), '--json', ...args],
    { cwd },
  );
  started.push(child);
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  const events: WorkerEvent[] = [];
  const waiting = new Set<(event: WorkerEvent) => void>();
  createInterface({ input: child.stdout }).on('line', line => {
    const event = JSON.parse(line) as WorkerEvent;
    events.push(event);
    for (const hear of waiting) hear(event);
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>(
    resolve => {
      child.on('close', (code, signal) => resolve({ code, signal, stderr }));
    },
  );
  return {
    process: child,
    events,
    next: type =>
      new Promise((resolve, reject) => {
        const hear = (event: WorkerEvent) => {
          if (event.type !== type) return;
          waiting.delete(hear);
          resolve(event);
        };
        waiting.add(hear);
        void ended.then(({ stderr }) =>
          reject(new Error(`the worker has ended before "${type}": ${stderr}`)),
        );
      }),
    kill: signal => child.kill(signal),
    ended,
  };
}
