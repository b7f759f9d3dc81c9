import { CapsnetError, expectKnownOptions, show } from '@capsnet/checks';
import type { CheckpointStore } from '../checkpoints/checkpoint';
import type { BatchSource, Json, Optimizer, Trainable } from '../interfaces';
import type { Schedule } from '../schedules/schedule';
import type { Reducer } from '../workers/reducer';

export interface TrainOptions<B> {
  /** Passes over the training data. */
  readonly epochs: number;
  /** Stops after so many steps in all, if that comes first. */
  readonly maxSteps?: number | undefined;
  /**
   * Stops once this step is done, with what follows it, and writes a checkpoint. The schedule stays that of all steps, and the
   * run that goes on from there is the one that never stopped. Default: never.
   */
  readonly pauseAfter?: number | undefined;
  /** Made of the trainable variables. Default: `variables => adam(variables)`, on every backend. */
  readonly optimizer?: ((variables: Trainable<B>['variables']) => Optimizer) | undefined;
  /** Learning rate of each step. Default: `cosine()`, from 1e-3 in the first step to 1e-5 in the last. */
  readonly schedule?: Schedule | undefined;
  /** Gradients whose joint norm is above this are scaled down to it. Default: none are. */
  readonly clipNorm?: number | undefined;
  /**
   * In how many parts a batch is computed, one after the other, for one that does not fit into memory: loss and metrics have to be
   * means over rows, and the weights move by the mean gradient of all rows, as without parts but for rounding. Default 1.
   */
  readonly accumulate?: number | undefined;
  /** Decay of a moving average of the weights, say 0.999, which is then what is validated, kept and tested. Default: none. */
  readonly averageDecay?: number | undefined;
  /** Rows that are not trained on. Best weights and early stopping come from them. */
  readonly validation?:
    | {
        readonly source: BatchSource<B>;
        /** Evenly spread over the epoch; the last one at its end. The last step of a run is validated too. Default 5. */
        readonly perEpoch?: number | undefined;
        /** Stops after so many validations without a lower loss. Default: never. */
        readonly patience?: number | undefined;
        /**
         * For a run that is resumed to train on after its end: validations up to this step do not count for its patience.
         * Default 0.
         */
        readonly patienceFrom?: number | undefined;
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
  /** Written into checkpoints; a checkpoint with another one is refused. Say, the model's configuration. */
  readonly fingerprint?: Json | undefined;
  /**
   * How the fingerprint of a checkpoint would be written today, for an application that has changed its own. Default: as it
   * was written.
   */
  readonly readFingerprint?: ((saved: Json) => Json) | undefined;
  /** Yields gradients, as they are before clipping, and variables every so many steps. */
  readonly inspectEvery?: number | undefined;
  /** Stops after the current step, or within an evaluation, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The workers that train together, all with the same options, of which the first one's `store` is used. Each computes its rows
   * of every batch, so loss and metrics have to be means over rows; the weights then move as one worker's would, but for
   * rounding. A signal of one of them stops all. Default: this one alone.
   */
  readonly reducer?: Reducer | undefined;
  /**
   * Steps that each of several workers takes on its own rows with its own optimiser before the weights of all are averaged (DiLoCo,
   * arXiv:2311.08105), instead of gradients in each step. For networks between machines that are too slow for that; another training, of
   * a somewhat different result. Weights are averaged earlier where a validation, the end of an epoch or a checkpoint follows; there
   * alone a signal stops the run. Metrics of a step are then of this worker's rows. Default 1: every step is that of all workers.
   */
  readonly localSteps?: number | undefined;
}

const known = [
  'epochs',
  'maxSteps',
  'pauseAfter',
  'optimizer',
  'schedule',
  'clipNorm',
  'accumulate',
  'averageDecay',
  'validation',
  'test',
  'store',
  'checkpointEvery',
  'resume',
  'fingerprint',
  'readFingerprint',
  'inspectEvery',
  'signal',
  'reducer',
  'localSteps',
] as const satisfies readonly (keyof TrainOptions<unknown>)[];

/** @throws CapsnetError `invalid-argument` that names the option, what was expected and what was found */
export function checkTrainOptions<B>(options: TrainOptions<B>, { batchesPerEpoch }: BatchSource<B>): void {
  expectKnownOptions('train', options, known);
  const { validation, store } = options;
  if (validation)
    expectKnownOptions('train: validation', validation, ['source', 'perEpoch', 'patience', 'patienceFrom']);
  const counts = {
    epochs: options.epochs,
    maxSteps: options.maxSteps,
    pauseAfter: options.pauseAfter,
    accumulate: options.accumulate,
    checkpointEvery: options.checkpointEvery,
    inspectEvery: options.inspectEvery,
    localSteps: options.localSteps,
    'validation.perEpoch': validation?.perEpoch,
    'validation.patience': validation?.patience,
    'source.batchesPerEpoch': batchesPerEpoch,
  };
  for (const [name, value] of Object.entries(counts)) {
    const isNeeded = name === 'epochs' || value !== undefined;
    if (isNeeded && !(Number.isSafeInteger(value) && value! > 0)) {
      throw invalid(`expected ${name} to be a positive integer, found ${show(value)}`);
    }
  }
  const from = validation?.patienceFrom;
  if (from !== undefined && !(Number.isSafeInteger(from) && from >= 0)) {
    throw invalid(`expected validation.patienceFrom to be an integer from 0, found ${show(from)}`);
  }
  const { schedule } = options;
  if (schedule !== undefined && typeof schedule !== 'function') {
    throw invalid(
      `expected schedule to be a function of the step, such as cosine(), found ${show(schedule)}`,
    );
  }
  if (validation && typeof validation.source?.next !== 'function') {
    throw invalid(`expected validation.source to be a source of batches, found ${show(validation.source)}`);
  }
  if (store && typeof store.write !== 'function') {
    throw invalid(`expected store to keep checkpoints, as folderStore(path) does, found ${show(store)}`);
  }
  const { clipNorm, averageDecay } = options;
  if (clipNorm !== undefined && !(clipNorm > 0)) {
    throw invalid(`expected clipNorm to be above 0, found ${clipNorm}`);
  }
  if (averageDecay !== undefined && !(averageDecay > 0 && averageDecay < 1)) {
    throw invalid(`expected averageDecay to be above 0 and below 1, found ${averageDecay}`);
  }
  if ((options.localSteps ?? 1) > 1 && !options.reducer)
    throw invalid('localSteps needs a reducer, by which workers meet');
  for (const name of ['resume', 'checkpointEvery'] as const) {
    if (options[name] && !store) throw invalid(`${name} needs a store for checkpoints`);
  }
}

function invalid(message: string): CapsnetError {
  return new CapsnetError('invalid-argument', `train: ${message}`);
}
