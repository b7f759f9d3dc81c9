import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import {
  type Checkpoint,
  type CheckpointEntry,
  type CheckpointStore,
  DamagedCheckpoint,
} from '../checkpoints/checkpoint';
import { type RunState, readRunState } from './run-state';

/**
 * The checkpoints of two runs in one store would push each other out.
 *
 * @throws CapsnetError `in-use` if there are any
 */
export async function expectEmpty(store: CheckpointStore): Promise<void> {
  const entries = await store.list();
  if (entries.length === 0) return;
  throw new CapsnetError(
    'in-use',
    `train: expected a store without checkpoints, found ${entries.length} up to step ${entries.at(-1)!.step}. ` +
      'Resume that run, or use another place',
  );
}

/** A checkpoint that could not be used. */
export interface Damaged {
  readonly name: string;
  readonly reason: string;
}

interface Found {
  readonly name: string;
  /** Its tensors belong to the caller. */
  readonly checkpoint: Checkpoint;
  readonly run: RunState;
}

/**
 * The newest checkpoint that is as it was written, and what had to be passed over; null for a store without any.
 *
 * @throws {@link DamagedCheckpoint} if there are checkpoints and none can be used
 */
export async function newestIntact(
  store: CheckpointStore,
): Promise<{ readonly found: Found | null; readonly damaged: Damaged[] }> {
  const damaged: Damaged[] = [];
  for (const entry of (await store.list()).reverse()) {
    const found = await readIntact(store, entry, damaged);
    if (found) return { found, damaged };
  }
  if (damaged.length === 0) return { found: null, damaged };
  const reasons = damaged.map(({ name, reason }) => `${name} (${reason})`).join('; ');
  throw new DamagedCheckpoint(
    `expected an intact checkpoint to go on from, found only damaged ones: ${reasons}. ` +
      'Remove them, or use another place for checkpoints, to start anew',
  );
}

/** The checkpoint if it can be read; else null, and it is added to `damaged`. */
export async function readIntact(
  store: CheckpointStore,
  entry: CheckpointEntry,
  damaged: Damaged[],
): Promise<Found | null> {
  let checkpoint: Checkpoint | undefined;
  try {
    checkpoint = await store.read(entry.name);
    return { name: entry.name, checkpoint, run: readRunState(checkpoint.state) };
  } catch (error) {
    if (checkpoint) disposeCheckpoint(checkpoint);
    if (!(error instanceof DamagedCheckpoint)) throw error;
    damaged.push({ name: entry.name, reason: error.message });
    return null;
  }
}

/** Frees the tensors of a checkpoint that was read. */
export function disposeCheckpoint({ weights, optimizer, average }: Checkpoint): void {
  tf.dispose([weights, optimizer, average ?? {}]);
}
