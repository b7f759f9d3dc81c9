export { type AffineSetOptions, affineSet } from './affine-set';
export type { AugmentationOptions } from './augmentation';
export type { BatchSource, Json } from './batch-source';
export { DataError } from './data-error';
export { evaluationBatches } from './evaluation-batches';
export { gunzip } from './gunzip';
export { type IdxArray, parseIdx } from './idx';
export type { BatchOptions, ImageBatch, ImageBatchSource } from './image-batch';
export { type ImageSet, type Subset, take } from './image-set';
export { type Mnist, type MnistDigests, type MnistFileName, type MnistOptions, mnistSha256 } from './mnist';
export {
  type MultiMnistBatch,
  type MultiMnistBatchesOptions,
  type MultiMnistEvaluationBatchesOptions,
  multiMnistBatches,
  multiMnistEvaluationBatches,
} from './multi-mnist-batches';
export { type Shaped, shaped } from './shaped';
export { type SplitOptions, splitValidation } from './split-validation';
export { type TrainingBatchesOptions, trainingBatches } from './training-batches';
