import { CapsnetError } from '@capsnet/checks';
import type { Json, NamedTensors } from '../interfaces';

/**
 * Everything that a run needs in order to go on as if it had never stopped. A store leaves the tensors that it writes
 * alone; those that it reads belong to the caller.
 */
export interface Checkpoint {
  readonly weights: NamedTensors;
  /** What `Optimizer.state()` gave. */
  readonly optimizer: NamedTensors;
  /** The moving average of the weights, where one is kept. */
  readonly average: NamedTensors | null;
  /** Step, position of the data, best validation so far, and what the application wrote about itself. */
  readonly state: { readonly [key: string]: Json };
}

/** A checkpoint as a store lists it. */
export interface CheckpointEntry {
  readonly name: string;
  readonly step: number;
  readonly isBest: boolean;
}

/** Where checkpoints are kept. */
export interface CheckpointStore {
  /**
   * Writes all of it or nothing. Of the ordinary checkpoints the store keeps the last few, of the best ones the last.
   *
   * @returns its name
   */
  write(
    checkpoint: Checkpoint,
    options: { readonly step: number; readonly isBest: boolean },
  ): Promise<string>;
  /** @throws {@link DamagedCheckpoint} if it is not what was written */
  read(name: string): Promise<Checkpoint>;
  /** Oldest first. */
  list(): Promise<CheckpointEntry[]>;
}

/** A checkpoint that is incomplete, or whose bytes are not those that were written. */
export class DamagedCheckpoint extends CapsnetError {
  override readonly name = 'DamagedCheckpoint';

  constructor(message: string, options?: ErrorOptions) {
    super('damaged-file', message, options);
  }
}
