import type { PickedBackend } from '@capsnet/backend';
import type { RunConfig } from '../config/schema';
import type { Sources, Splits } from '../data/data';
import type { RunFolder } from '../runs/run-folder';
import type { Console } from '../terminal/console';

/** Everything that a training needs to know; all of it has been checked. */
export interface TrainingJob {
  readonly run: RunFolder;
  /** The folder of all runs, as the user gave it. */
  readonly runs: string;
  readonly config: RunConfig;
  readonly splits: Splits;
  readonly sources: Sources;
  readonly backend: PickedBackend;
  readonly output: Console;
  readonly resume: boolean;
  /** The command that goes on with the run when it is interrupted. */
  readonly resumeWith: string;
  /** The commit that this process runs. */
  readonly commit: string | undefined;
}
