import type { SeedTraining } from './seed-training';

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

export interface Watcher {
  /** A machine has begun with it, or goes on with it. */
  onBegin(training: SeedTraining, host: string): void;
  onProgress(training: SeedTraining, progress: TrainingProgress): void;
  /** Something that a person should know. */
  onNote(training: SeedTraining | null, note: string): void;
}

/** A training that has ended: its run folder is finished, or there is a reason why not. */
export interface Ended {
  readonly training: SeedTraining;
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
  train(
    trainings: readonly SeedTraining[],
    options: { readonly signal: AbortSignal; readonly watcher: Watcher },
  ): AsyncGenerator<Ended>;
  close(): Promise<void>;
}
