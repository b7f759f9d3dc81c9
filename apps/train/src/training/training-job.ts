import type { PickedBackend, Workers } from '@capsnet/backend';
import type { AnyNetwork } from '@capsnet/core';
import type { RunConfig } from '../config/schema';
import type { Sources } from '../data/batches';
import type { DataDigests } from '../data/digests';
import type { Splits } from '../data/splits';
import type { RunFolder } from '../runs/run-folder';
import type { Console } from '../terminal/console';

/** Everything that a training needs to know. */
export interface TrainingJob {
  /** Its folder is made when the training begins, unless it is resumed. */
  readonly run: RunFolder;
  readonly config: RunConfig;
  readonly splits: Splits;
  readonly sources: Sources;
  /** Of the images that `splits` are parts of. */
  readonly digests: DataDigests;
  readonly backend: PickedBackend;
  /** Those that train it together, where this process is not alone. Only the first of them has the run's folder. */
  readonly workers?: Workers | undefined;
  readonly output: Console;
  readonly resume: boolean;
  /** Of a sweep: the step to pause after, null to train to the end. It is not tested. */
  readonly trial?: { readonly until: number | null } | undefined;
  /** Of a run that is resumed to train for more epochs: for how many it was to train before. */
  readonly prolongedFrom?: number | undefined;
  /** Whether a run that is resumed ends where it is, with its best weights. */
  readonly endsNow?: boolean | undefined;
  /** Whether the run is taken from another process that trains it. */
  readonly takeOver: boolean;
  /** Is shown the network after each validation, and may not change it. */
  readonly onValidation?: ((net: AnyNetwork, job: TrainingJob) => Promise<void>) | undefined;
  /** The command that goes on with the run when it is interrupted. */
  readonly resumeWith: string;
}
