import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { folderUser } from '@capsnet/checks/node';
import type { RunConfig } from '../config/schema';
import { messageOf } from '../terminal/errors';
import { readMeasurements } from './metrics-log';
import { readResults } from './results';
import { type RunFolder, readRunConfig } from './run-folder';
import { readSessions } from './sessions';

/** How a run is doing, as its folder tells. */
export interface RunState {
  readonly name: string;
  /** `running` has a process that uses the folder; `interrupted` can be resumed; `damaged` has a file that cannot be read. */
  readonly state: 'finished' | 'running' | 'interrupted' | 'damaged';
  /** What is wrong with a damaged one. */
  readonly problem?: string;
  /** On the test images, of a finished run: 0..1. */
  readonly error: number | null;
  /** The lowest on the validation split so far: 0..1. */
  readonly validationError: number | null;
  /** How far it has come, and how far it is to go. Null where nobody knows. */
  readonly epoch: number;
  readonly epochs: number | null;
  readonly seconds: number;
  /** Of all files in its folder. */
  readonly bytes: number;
  /** ISO 8601. */
  readonly began: string;
}

/** A damaged run is told, and hides none of the others. */
export async function runStateOf(run: RunFolder): Promise<RunState> {
  const measurements = readMeasurements(run.path);
  const last = measurements.at(-1);
  const validations = measurements.filter(({ split }) => split === 'validation');
  const state = {
    name: run.name,
    error: null,
    validationError: validations.length > 0 ? Math.min(...validations.map(lossOf)) : null,
    epoch: last?.epoch ?? 0,
    epochs: null,
    seconds: last?.seconds ?? 0,
    bytes: await bytesIn(run.path),
    began: (await stat(run.config)).mtime.toISOString(),
  };
  try {
    const { training }: RunConfig = await readRunConfig(run);
    const began = (await readSessions(run))[0]?.began ?? state.began;
    const known = { ...state, epochs: training.epochs, began };
    if (existsSync(run.results)) {
      const { test, epochs, seconds } = await readResults(run);
      return { ...known, state: 'finished', error: test.error, epoch: epochs, seconds };
    }
    return { ...known, state: (await folderUser(run.path)) ? 'running' : 'interrupted' };
  } catch (error) {
    return { ...state, state: 'damaged', problem: messageOf(error) };
  }
}

function lossOf({ accuracy }: { readonly accuracy: number }): number {
  return 1 - accuracy;
}

/** Of the files below a folder; one that is removed meanwhile counts for nothing. */
export async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter(entry => entry.isFile())
      .map(entry =>
        stat(join(entry.parentPath, entry.name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
