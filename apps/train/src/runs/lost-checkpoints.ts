import { folderStore } from '@capsnet/trainer/node';
import type { RunConfig } from '../config/schema';
import { UsageError } from '../terminal/errors';
import { readMeasurements } from './metrics-log';
import type { RunFolder } from './run-folder';

/**
 * A run that was killed before its first checkpoint begins anew, and ends the same. One that has lost its checkpoints would
 * write over what it has measured.
 *
 * @throws UsageError when there is no checkpoint, and the run has come further than to its first one
 */
export async function expectCheckpoints(run: RunFolder, { training }: RunConfig): Promise<void> {
  if ((await folderStore(run.checkpoints).list()).length > 0) return;
  const measured = readMeasurements(run.path);
  const last = measured.at(-1);
  // The first validation is the best so far, and is kept.
  const validated = measured.find(({ split }) => split === 'validation')?.step;
  const first = Math.min(
    training.checkpointEvery ?? Number.POSITIVE_INFINITY,
    validated ?? Number.POSITIVE_INFINITY,
  );
  if (!last || (last.epoch === 1 && last.step <= first)) return;
  throw new UsageError(
    `--resume: expected a checkpoint in ${run.checkpoints}, found none, though the run has come to step ${last.step}: ` +
      `put the checkpoints back, or start a new run with --config ${run.config}`,
  );
}
