import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { barsModel, writeBars } from '../../../apps/train/test/bars';
import { capsnet, type Finished, set } from '../../../apps/train/test/command-line';
import type { FaultBackend } from './backends';

/** A folder for one test, gone when the test ends. */
export function temporaryFolder(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'capsnet-faults-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The same in memory where that can be had, for files by the hundred thousand. */
export function folderInMemory(): string {
  return temporaryFolder(existsSync('/dev/shm') ? '/dev/shm' : undefined);
}

export interface TrainOptions {
  readonly backend: FaultBackend;
  /** The folder of all runs. Default `runs`, in the test's folder. */
  readonly runs?: string;
  readonly epochs?: number;
  /** Steps of an epoch. Default 16. */
  readonly steps?: number;
}

/** How a process is watched and disturbed. */
export interface Watched {
  readonly env?: Record<string, string> | undefined;
  readonly onStart?: (process: ChildProcess) => void;
  readonly onLine?: (line: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** `capsnet train` as its users run it, on a small data set with a small network, with a checkpoint after each step. */
export function training({ backend, runs = 'runs', epochs = 3, steps = 16 }: TrainOptions) {
  const folder = temporaryFolder();
  const data = writeBars(join(folder, 'bars'), { train: 16 * steps + 64 });
  const common = ['train', '--runs', runs, '--json'];
  const options = [
    ...['--data', data, '--backend', backend, '--epochs', String(epochs)],
    ...barsModel,
    ...set(
      'model.decoder.hidden=[256]',
      'data.validation=64',
      'training.batchSize=16',
      'training.checkpointEvery=1',
    ),
  ];
  const pathOf = (name: string) => resolve(folder, runs, name);
  const run = (args: readonly string[], watched: Watched = {}) => capsnet(args, { cwd: folder, ...watched });

  return {
    pathOf,
    /** The folder of the images. */
    data,
    begin(name: string, watched?: Watched, args: readonly string[] = []): Promise<Finished> {
      return run([...common, '--name', name, ...options, ...args], watched);
    },
    resume(name: string, watched?: Watched, args: readonly string[] = []): Promise<Finished> {
      return run([...common, '--resume', '--name', name, ...args], watched);
    },
    hasBegun: (name: string) => existsSync(pathOf(name)),
    isFinished: (name: string) => existsSync(join(pathOf(name), 'results.json')),
    weights: (name: string) => readFileSync(join(pathOf(name), 'model.safetensors')),
  };
}

/** What `--json` wrote before the process ended, whole lines only. */
export function eventsOf(stdout: string): { readonly type: string; readonly step?: number }[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line));
}
