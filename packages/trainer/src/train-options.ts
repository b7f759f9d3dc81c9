import type { CheckpointStore } from './checkpoint';
import type { BatchSource, Json, Optimizer, Trainable } from './interfaces';
import type { Schedule } from './schedule';

export interface TrainOptions<B> {
  /** Passes over the training data. */
  readonly epochs: number;
  /** Stops after so many steps in all, if that comes first. */
  readonly maxSteps?: number;
  /** Default: `variables => adam(variables)`, on every backend. */
  readonly optimizer?: (variables: Trainable<B>['variables']) => Optimizer;
  /** Learning rate of each step. Default: the paper's, 1e-3 x .96 every 2000 steps. */
  readonly schedule?: Schedule;
  /** Gradients whose joint norm is above this are scaled down to it. Default: none are. */
  readonly clipNorm?: number;
  /** Decay of a moving average of the weights, say .999, which is then what is validated, kept and tested. Default: none. */
  readonly averageDecay?: number;
  /** Held-back images. Best weights and early stopping come from them. */
  readonly validation?: {
    readonly source: BatchSource<B>;
    /** Evenly spread over the epoch; the last one at its end. Default 5. */
    readonly perEpoch?: number;
    /** Stops after so many validations without a lower loss. Default: never. */
    readonly patience?: number;
  };
  /** Used once, after training, with the best weights where there is a validation, else with the last. */
  readonly test?: BatchSource<B>;
  /** Where checkpoints go: at the end of every epoch, at every best validation, and when aborted. Default: nowhere. */
  readonly store?: CheckpointStore;
  /** Checkpoints in between, every so many steps. */
  readonly checkpointEvery?: number;
  /** Whether to go on from the store's newest intact checkpoint; from the start if it has none. Default false. */
  readonly resume?: boolean;
  /** Written into checkpoints; a checkpoint of another owner is refused. Say, the model's configuration. */
  readonly owner?: Json;
  /** Yields gradients and variables every so many steps. */
  readonly inspectEvery?: number;
  /** Stops after the current step, with a checkpoint. */
  readonly signal?: AbortSignal;
}
