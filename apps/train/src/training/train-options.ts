import { nativeAdam } from '@capsnet/backend';
import { fromEarlier, type NetworkOptions, networkConfig } from '@capsnet/core';
import { adam, constant, cosine, type Schedule, stepDecay, type TrainOptions } from '@capsnet/trainer';
import { type FolderLock, folderStore } from '@capsnet/trainer/node';
import type { RunConfig } from '../config/schema';
import type { Batch } from '../data/batches';
import type { TrainingJob } from './training-job';

interface Around {
  readonly signal?: AbortSignal;
  readonly lock?: Pick<FolderLock, 'expectHeld'>;
  /** Validations up to this step do not count for the patience. */
  readonly patienceFrom?: number;
}

/** What the configuration of a run means to the trainer. */
export function trainOptionsOf(
  {
    run,
    config,
    sources,
    resume,
    endsNow,
    workers,
    trial,
  }: Pick<TrainingJob, 'run' | 'config' | 'sources' | 'resume' | 'endsNow' | 'workers' | 'trial'>,
  { signal, lock, patienceFrom }: Around = {},
): TrainOptions<Batch> {
  const { training, model } = config;
  const isFirst = !workers || workers.rank === 0;
  return {
    epochs: training.epochs,
    pauseAfter: trial?.until ?? undefined,
    // Whatever its checkpoint has done is more, so that it is over when it begins.
    ...(endsNow && { maxSteps: 1 }),
    optimizer: variables => nativeAdam(variables) ?? adam(variables),
    schedule: scheduleOf(training),
    clipNorm: training.clipNorm ?? undefined,
    accumulate: training.accumulate,
    averageDecay: training.averageDecay ?? undefined,
    validation: sources.validation && {
      source: sources.validation,
      perEpoch: training.validationsPerEpoch,
      patience: training.patience ?? undefined,
      patienceFrom,
    },
    ...(isFirst && {
      store: folderStore(run.checkpoints, { keep: training.keepCheckpoints, lock }),
      checkpointEvery: training.checkpointEvery ?? undefined,
      resume,
    }),
    reducer: workers,
    localSteps: workers ? training.localSteps : undefined,
    fingerprint: model,
    // With the names of today, and what the version that wrote it did not know yet as by default.
    readFingerprint: saved => networkConfig(fromEarlier(saved) as NetworkOptions),
    inspectEvery: training.histogramsEvery,
    signal,
  };
}

/** The learning rate of each step, as the configuration says. */
export function scheduleOf({ learningRate }: RunConfig['training']): Schedule {
  const { schedule, initial, factor, every, final } = learningRate;
  switch (schedule) {
    case 'constant':
      return constant(initial);
    case 'step':
      return stepDecay({ initial, factor, every });
    case 'cosine':
      return cosine({ initial, final });
  }
}

/**
 * What becomes of the learning rate when a run trains for more epochs, for people.
 *
 * @param epochs        before
 * @param step          steps done
 * @param stepsPerEpoch of the run
 */
export function ratesOfProlonged(
  { training }: RunConfig,
  {
    epochs,
    step,
    stepsPerEpoch,
  }: { readonly epochs: number; readonly step: number; readonly stepsPerEpoch: number },
): string {
  const { schedule: kind, initial } = training.learningRate;
  if (kind === 'constant') return `the learning rate stays ${initial}`;
  if (kind === 'step') return 'the learning rate goes on falling as before';
  const schedule = scheduleOf(training);
  const [was, is] = [
    schedule(Math.max(0, step - 1), epochs * stepsPerEpoch),
    schedule(step, training.epochs * stepsPerEpoch),
  ].map(rate => Number(rate.toPrecision(3)));
  return `the learning rate, which was ${was}, goes on from ${is}: it falls along a cosine over all ${training.epochs} epochs`;
}
