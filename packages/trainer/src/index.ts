export {
  type Checkpoint,
  type CheckpointEntry,
  type CheckpointStore,
  DamagedCheckpoint,
} from './checkpoints/checkpoint';
export { WrongFingerprint } from './checkpoints/wrong-fingerprint';
export { evaluate } from './evaluation/evaluate';
export { type Evaluable, type EvaluatedBatch, evaluateRows } from './evaluation/evaluate-rows';
export type { Batch, BatchSource, Json, Metrics, NamedTensors, Optimizer, Trainable } from './interfaces';
export { type AdamOptions, adam } from './optimizers/adam';
export { constant } from './schedules/constant';
export { cosine } from './schedules/cosine';
export type { Schedule } from './schedules/schedule';
export { stepDecay } from './schedules/step-decay';
export type { TrainEvent } from './training/events';
export {
  type FindRateOptions,
  type FoundRate,
  findRate,
  type RateStep,
  suggestRate,
} from './training/find-rate';
export { NonFiniteLoss } from './training/non-finite-loss';
export { train } from './training/train';
export type { TrainOptions } from './training/train-options';
export type { Reducer } from './workers/reducer';
