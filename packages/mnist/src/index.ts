export {
  type AugmentationOptions,
  type BatchOptions,
  type BatchSource,
  DataError,
  evaluationBatches,
  gunzip,
  type IdxArray,
  type ImageBatch,
  type ImageBatchSource,
  type ImageSet,
  type Json,
  parseIdx,
  type SplitOptions,
  type Subset,
  splitValidation,
  type TrainingBatchesOptions,
  take,
  trainingBatches,
} from '@capsnet/data';
export { type AffineSetOptions, affineSet } from './affine-set';
export { type Mnist, type MnistDigests, type MnistFileName, type MnistOptions, mnistSha256 } from './mnist';
export {
  type MultiMnistBatch,
  type MultiMnistBatchesOptions,
  type MultiMnistEvaluationBatchesOptions,
  multiMnistBatches,
  multiMnistEvaluationBatches,
} from './multi-mnist-batches';
