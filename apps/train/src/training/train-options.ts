import { nativeAdam } from '@capsnet/backend';
import { fromEarlier, type NetworkOptions, networkConfig } from '@capsnet/core';
import { adam, constant, cosine, type Schedule, stepDecay, type TrainOptions } from '@capsnet/trainer';
import { type FolderLock, folderStore } from '@capsnet/trainer/node';
import type { RunConfig } from '../config/schema';
import type { Batch } from '../data/batches';
import type { TrainingJob } from './training-job';

/** What the configuration of a run means to the trainer. */
export function trainOptionsOf(
  {
    run,
    config,
    sources,
    resume,
    workers,
  }: Pick<TrainingJob, 'run' | 'config' | 'sources' | 'resume' | 'workers'>,
  { signal, lock }: { readonly signal?: AbortSignal; readonly lock?: Pick<FolderLock, 'expectHeld'> } = {},
): TrainOptions<Batch> {
  const { training, model } = config;
  const isFirst = !workers || workers.rank === 0;
  return {
    epochs: training.epochs,
    optimizer: variables => nativeAdam(variables) ?? adam(variables),
    schedule: scheduleOf(training),
    clipNorm: training.clipNorm ?? undefined,
    averageDecay: training.averageDecay ?? undefined,
    validation: sources.validation && {
      source: sources.validation,
      perEpoch: training.validationsPerEpoch,
      patience: training.patience ?? undefined,
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

function scheduleOf({ learningRate }: RunConfig['training']): Schedule {
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
