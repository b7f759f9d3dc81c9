import { CapsnetError } from '@capsnet/checks';
import { DamagedCheckpoint, NonFiniteLoss, WrongFingerprint } from '@capsnet/trainer';
import { storageProblem, UsageError } from '../terminal/errors';
import type { TrainingJob } from './training-job';

/** The error that ended a training, with what the user can do about it. */
export function trainingFailure(error: unknown, { run, resumeWith, workers }: TrainingJob): unknown {
  if (error instanceof DamagedCheckpoint || error instanceof WrongFingerprint) {
    return new UsageError(`--resume: ${error.message}`, { cause: error });
  }
  if (error instanceof NonFiniteLoss) {
    const { metric, value, step, epoch, batch, lastCheckpoint } = error;
    const kept = lastCheckpoint
      ? `${run.checkpoints} holds the weights from before`
      : 'there is no checkpoint yet';
    return new Error(
      `stopped at step ${step} (epoch ${epoch}, batch ${batch}): ${metric} is ${value}; ${kept}. ` +
        'Start a new run with a lower training.learningRate.initial, or with training.clipNorm=1',
      { cause: error },
    );
  }
  if (error instanceof CapsnetError && error.code === 'workers') {
    return new CapsnetError(
      'workers',
      `${error.message}. The last checkpoint is at worker 0 (${workers?.hosts[0]}); go on from it, with these hosts or others, by ` +
        `${resumeWith}`,
      { cause: error },
    );
  }
  const problem = storageProblem(error);
  if (problem === undefined) return error;
  return new Error(
    `${run.path} cannot be written: ${problem}. Checkpoints written before are intact; ` +
      `fix that, then run ${resumeWith}`,
    { cause: error },
  );
}
