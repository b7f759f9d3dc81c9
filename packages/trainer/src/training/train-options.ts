import type { CheckpointStore } from '../checkpoints/checkpoint';
import type { Schedule } from '../schedules/schedule';
import type { BatchSource, Json, Optimizer, Trainable } from './interfaces';

export interface TrainOptions<B> {
  /** Passes over the training data. */
  readonly epochs: number;
  /** Stops after so many steps in all, if that comes first. */
  readonly maxSteps?: number | undefined;
  /** Made of the trainable variables. Default: `variables => adam(variables)`, on every backend. */
  readonly optimizer?: ((variables: Trainable<B>['variables']) => Optimizer) | undefined;
  /** Learning rate of each step. Default: that of the paper's authors, 1e-3 x .96 every 2000 steps. */
  readonly schedule?: Schedule | undefined;
  /** Gradients whose joint norm is above this are scaled down to it. Default: none are. */
  readonly clipNorm?: number | undefined;
  /** Decay of a moving average of the weights, say .999, which is then what is validated, kept and tested. Default: none. */
  readonly averageDecay?: number | undefined;
  /** Held-back images. Best weights and early stopping come from them. */
  readonly validation?:
    | {
        readonly source: BatchSource<B>;
        /** Evenly spread over the epoch; the last one at its end. The last step of a run is validated too. Default 5. */
        readonly perEpoch?: number | undefined;
        /** Stops after so many validations without a lower loss. Default: never. */
        readonly patience?: number | undefined;
      }
    | undefined;
  /** Used once, after training, with the best weights where there is a validation, else with the last. */
  readonly test?: BatchSource<B> | undefined;
  /**
   * Where checkpoints go: at the end of every epoch and of the run, at every best validation, and when aborted.
   * Default: nowhere, and the best weights are kept in memory.
   */
  readonly store?: CheckpointStore | undefined;
  /** Checkpoints in between, every so many steps. */
  readonly checkpointEvery?: number | undefined;
  /** Whether to go on from the store's newest intact checkpoint; from the start if it has none. Default false. */
  readonly resume?: boolean | undefined;
  /** Written into checkpoints; a checkpoint of another owner is refused. Say, the model's configuration. */
  readonly owner?: Json | undefined;
  /** Yields gradients, as they are before clipping, and variables every so many steps. */
  readonly inspectEvery?: number | undefined;
  /** Stops after the current step, or in the midst of an evaluation, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
}

/** @throws RangeError that names the option, what was expected and what was found */
export function checkTrainOptions<B>(options: TrainOptions<B>, { batchesPerEpoch }: BatchSource<B>): void {
  const { validation, store } = options;
  const counts = {
    epochs: options.epochs,
    maxSteps: options.maxSteps,
    checkpointEvery: options.checkpointEvery,
    inspectEvery: options.inspectEvery,
    'validation.perEpoch': validation?.perEpoch,
    'validation.patience': validation?.patience,
    'source.batchesPerEpoch': batchesPerEpoch,
  };
  for (const [name, value] of Object.entries(counts)) {
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0)) {
      throw new RangeError(`train: expected ${name} to be an integer above 0, found ${value}`);
    }
  }
  const { clipNorm, averageDecay } = options;
  if (clipNorm !== undefined && !(clipNorm > 0)) {
    throw new RangeError(`train: expected clipNorm to be above 0, found ${clipNorm}`);
  }
  if (averageDecay !== undefined && !(averageDecay > 0 && averageDecay < 1)) {
    throw new RangeError(`train: expected averageDecay to be between 0 and 1, found ${averageDecay}`);
  }
  for (const name of ['resume', 'checkpointEvery'] as const) {
    if (options[name] && !store) throw new RangeError(`train: ${name} needs a store for checkpoints`);
  }
}
