import { existsSync } from 'node:fs';
import { conform } from '../config/resolve';
import { runNameOf } from '../experiments/finished-run';
import { hasReached, readObjective } from '../runs/objective';
import type { RunFolder } from '../runs/run-folder';
import { type SeedTraining, seedTrainingSchema } from './seed-training';
import { type TrialTraining, trialRunName, trialTrainingSchema } from './trial-training';

/** What a queue has trained: a seed of an experiment, or a configuration of a sweep. */
export type Training = SeedTraining | TrialTraining;

/**
 * A training as a queue keeps it, in JSON; it may come from anywhere.
 *
 * @throws UsageError when it is none
 */
export function readTraining(id: string, data: unknown): Training {
  if (typeof data === 'object' && data !== null && 'trial' in data) {
    const training = conform(trialTrainingSchema, data, 'training');
    const runName = trialRunName(training);
    return { ...training, id, runName, label: runName };
  }
  const training = conform(seedTrainingSchema, data, 'training');
  const { name, seed } = training;
  return { ...training, id, runName: runNameOf(training, seed), label: `${name} seed ${seed}` };
}

/** The training as a queue keeps it. */
export function jobOf({ id: _, runName: __, label: ___, ...data }: Training): object {
  return data;
}

/** Whether its run folder has all that it is to come to. */
export async function isTrained(run: RunFolder, training: Training): Promise<boolean> {
  if ('trial' in training) return hasReached(await readObjective(run), training.until);
  return existsSync(run.results);
}

/** Trainings that are asked for one by one. */
export interface Supply<T extends Training> {
  /** The next one; undefined while there is none, which may change when one has ended. */
  next(): Promise<T | undefined>;
  /** Whether what comes next depends on how others end: then none is asked for before somebody is there to train it. */
  readonly isAdaptive: boolean;
}

/** All of a list. */
export function supplyOf<T extends Training>(trainings: readonly T[]): Supply<T> {
  const waiting = [...trainings];
  return { next: async () => waiting.shift(), isAdaptive: false };
}

/** How far a training is. */
export interface TrainingProgress {
  readonly step: number;
  readonly totalSteps: number;
  readonly epoch: number;
  /** Of the last step. */
  readonly loss: number;
  readonly accuracy: number;
  readonly imagesPerSecond: number;
  /** Of training, at the pace of the last steps. */
  readonly secondsLeft: number;
}

export interface Watcher<T extends Training = Training> {
  /** A machine has begun with it, or goes on with it. */
  onBegin(training: T, host: string): void;
  onProgress(training: T, progress: TrainingProgress): void;
  /** Something that a person should know. */
  onNote(training: T | null, note: string): void;
}

/** A training that has ended: its run folder has what it was to come to, or there is a reason why not. */
export interface Ended<T extends Training = Training> {
  readonly training: T;
  /** Those that have trained it, in their order. */
  readonly hosts: readonly string[];
  readonly failure?: string | undefined;
}

/** What has trainings done, somewhere. */
export interface TrainingQueue {
  /**
   * Has all of them trained, each by one process at a time, and gives each as soon as it has ended.
   *
   * @param options.signal ends the waiting; whether the trainings end too is the queue's to say
   */
  train<T extends Training>(
    supply: Supply<T>,
    options: { readonly signal: AbortSignal; readonly watcher: Watcher<T> },
  ): AsyncGenerator<Ended<T>>;
  close(): Promise<void>;
}
