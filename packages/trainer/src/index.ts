export {
  type Checkpoint,
  type CheckpointEntry,
  type CheckpointStore,
  DamagedCheckpoint,
} from './checkpoints/checkpoint';
export { WrongOwner } from './checkpoints/owner';
export { evaluate } from './evaluation/evaluate';
export { type AdamOptions, adam } from './optimizers/adam';
export { constant, cosine, type Schedule, stepDecay } from './schedules/schedule';
export type { Metrics, TrainEvent } from './training/events';
export type { Batch, BatchSource, Json, NamedTensors, Optimizer, Trainable } from './training/interfaces';
export { NonFiniteLoss } from './training/non-finite-loss';
export { train } from './training/train';
export type { TrainOptions } from './training/train-options';
