import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Training, TrainingProgress } from './training-queue';

export interface Place {
  /** Of its experiment file and its row, for this process alone. */
  readonly folder: string;
  /** Of all runs. */
  readonly runs: string;
  /** Whether the run is taken from another process that trains it. */
  readonly takeOver: boolean;
  /** The processors that it may use; undefined for all. */
  readonly cores?: readonly number[] | undefined;
}

export interface TrainingListener {
  onProgress(progress: TrainingProgress): void;
  /** A checkpoint has been written. */
  onCheckpoint(): void;
  /** A line for a person: validations and notes. */
  onLine(line: string): void;
}

export type TrainingEnd =
  | { readonly state: 'finished' }
  | { readonly state: 'interrupted' }
  | { readonly state: 'failed'; readonly reason: string; readonly code: string | undefined };

export interface TrainingProcess {
  /** SIGTERM: it writes a checkpoint and ends; SIGKILL: it ends. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): void;
  readonly ended: Promise<TrainingEnd>;
}

/**
 * Trains in a process of its own, by this same program: it begins the run, goes on with it, or finds it finished. The
 * process ends by itself, with a checkpoint, when this one does.
 */
export async function startTrainingProcess(
  training: Training,
  { folder, runs, takeOver, cores }: Place,
  listener: TrainingListener,
): Promise<TrainingProcess> {
  await mkdir(folder, { recursive: true });
  const { command: name, document } = orderOf(training);
  const { backend } = training;
  const file = join(folder, `${training.name}.json`);
  await writeFile(file, JSON.stringify(document));
  const command = [
    ...(cores ? ['taskset', '--cpu-list', cores.join(',')] : []),
    ...[process.execPath, ...process.execArgv, process.argv[1]!],
    ...[name, file, '--runs', runs, '--json'],
    ...(backend === null ? [] : ['--backend', backend]),
    ...(takeOver ? ['--take-over'] : []),
  ];
  const child = spawn(command[0]!, command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, CAPSNET_TRAINED_FOR: 'worker' },
  });
  const hide = (text: string) => text.replaceAll(`${folder}/`, '');
  return {
    stop: signal => child.kill(signal),
    ended: endOf(child, listener, hide),
  };
}

/** The command that trains it, and the file that it is given. */
function orderOf(training: Training): { readonly command: string; readonly document: object } {
  if (!('trial' in training)) return { command: 'experiment', document: training.experiment };
  const { runName, config, until } = training;
  return { command: 'trial', document: { runName, config, until } };
}

/** As much as a note needs. */
const longestError = 2000;

async function endOf(
  child: ChildProcess,
  listener: TrainingListener,
  hide: (text: string) => string,
): Promise<TrainingEnd> {
  let stderr = '';
  let error: { readonly message: string; readonly code: string } | undefined;
  child.stderr!.setEncoding('utf8').on('data', chunk => {
    stderr = (stderr + chunk).slice(-longestError);
  });
  const progressOf = followProgress();
  createInterface({ input: child.stdout! }).on('line', line => {
    const event = parse(line);
    if (event?.type === 'error') error = { message: hide(String(event.message)), code: String(event.code) };
    else if (event?.type === 'checkpoint') listener.onCheckpoint();
    else if (event?.type === 'note') listener.onLine(hide(String(event.message)));
    else if (event?.type === 'validation') {
      const { epoch, loss, accuracy } = event as unknown as TrainingProgress;
      listener.onLine(
        `epoch ${epoch}  validation loss ${loss.toFixed(4)}  accuracy ${(100 * accuracy).toFixed(2)}%`,
      );
    }
    const progress = event && progressOf(event);
    if (progress) listener.onProgress(progress);
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve([code, signal]));
  });
  if (code === 0) return { state: 'finished' };
  // Before it trains, and while it is tested, a signal ends it at once: there is nothing to lose then.
  const isAsked = signal === 'SIGTERM' || signal === 'SIGINT' || signal === 'SIGHUP';
  if (isAsked || (code !== null && code > 128 && !error)) return { state: 'interrupted' };
  const last = stderr.trim().split('\n').at(-1);
  const how = signal
    ? `its process was ended by ${signal}${signal === 'SIGKILL' ? ', for want of memory perhaps' : ''}`
    : `its process ended with exit code ${code}${last ? `: ${last}` : ''}`;
  return { state: 'failed', reason: error?.message ?? how, code: error?.code };
}

type Event = Readonly<Record<string, unknown>>;

function parse(line: string): Event | undefined {
  try {
    return JSON.parse(line) as Event;
  } catch {
    return undefined;
  }
}

/** The process tells the number of steps and the size of batches once, the rest at every step. */
function followProgress(): (event: Event) => TrainingProgress | undefined {
  let totalSteps = 0;
  let batchSize = 0;
  let pace = 0;
  return event => {
    if (event.type === 'start') {
      totalSteps = Number(event.totalSteps);
      batchSize = (event.config as { training: { batchSize: number } }).training.batchSize;
    }
    if (event.type !== 'step') return undefined;
    const { step, epoch, loss, accuracy, imagesPerSecond } = event as unknown as TrainingProgress;
    pace = pace === 0 ? imagesPerSecond : 0.9 * pace + 0.1 * imagesPerSecond;
    const secondsLeft = pace > 0 ? Math.round(((totalSteps - step) * batchSize) / pace) : 0;
    return { step, totalSteps, epoch, loss, accuracy, imagesPerSecond: Math.round(pace), secondsLeft };
  };
}

/** 128 and the number of the signal, as a shell reports it. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
