import { join } from 'node:path';
import type { AnyNetwork } from '@capsnet/core';
import type { NonFiniteLoss } from '@capsnet/trainer';
import type { FolderLock } from '@capsnet/trainer/node';
import { writeModel } from '../models/model-file';
import { type Objective, writeObjective } from '../runs/objective';
import { UsageError } from '../terminal/errors';
import type { EventOf } from './train-event';
import type { TrainingJob } from './training-job';
import type { TrainingLog } from './training-log';

interface Ending {
  readonly done: EventOf<'done'>;
  readonly log: TrainingLog;
  readonly lock: FolderLock;
}

/**
 * What a training of a sweep leaves at a rung, and at its end also the model. It does not look at the test images: `capsnet train --resume`
 * tests the run that is chosen.
 */
export async function finishTrial(
  job: TrainingJob,
  net: AnyNetwork,
  { done, log, lock }: Ending,
): Promise<void> {
  const { run, config, splits, output } = job;
  const isPaused = done.reason === 'paused';
  await lock.expectHeld();
  if (!isPaused) {
    const { fit } = config.data.pictures;
    const { classes } = splits.train.set;
    await writeModel(run.model, net, { classes, fit: fit === 'exact' ? 'contain' : fit });
  }
  await log.drawCurves();
  const best = log.measurements.find(({ split, step }) => split === 'validation' && step === done.best?.step);
  if (!best) {
    throw new UsageError(
      `${join(run.path, 'metrics.jsonl')}: expected the validation of step ${done.best?.step}, found none: ` +
        `remove ${run.path}, and the same sweep trains it again`,
    );
  }
  const { loss, accuracy } = best;
  await report(job, {
    state: isPaused ? 'paused' : 'finished',
    steps: done.step,
    images: done.step * config.training.batchSize,
    error: errorOf(accuracy, splits.validation!.indices.length),
    loss,
  });
  output.print(`\nafter step ${done.step}: validation error ${(100 * (1 - accuracy)).toFixed(2)}%`);
}

/** A configuration that makes numbers which are none is an answer, too: it is the worst one. */
export async function finishDiverged(
  job: TrainingJob,
  { metric, value, step, epoch }: NonFiniteLoss,
): Promise<void> {
  await report(job, {
    state: 'diverged',
    steps: step,
    images: step * job.config.training.batchSize,
    reason: `${metric} is ${value} at step ${step} (epoch ${epoch})`,
  });
}

async function report({ run, output }: TrainingJob, objective: Objective): Promise<void> {
  await writeObjective(run, objective);
  output.emit({ type: 'objective', run: run.path, ...objective });
}

/** 3 of 64 images as 3 / 64: means of batches are rounded, and equal errors must be equal. */
function errorOf(accuracy: number, images: number): number {
  return Math.round((1 - accuracy) * images) / images;
}
