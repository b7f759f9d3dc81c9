export { baselineConfig } from './baseline-config';
export { BatchNorm, type BatchNormArgs, batchNorm } from './batch-norm';
export { type CapsNet, capsNet, type LabelledImages } from './capsnet';
export type { CapsNetConfig } from './capsnet-config';
export { CapsuleLayer, type CapsuleLayerArgs } from './capsule-layer';
export { CapsuleLength, capsuleLength } from './capsule-length';
export { CapsuleMask, type CapsuleMaskArgs, maskCapsules } from './capsule-mask';
export { checkCnnConfig } from './check-cnn-config';
export { checkConfig } from './check-config';
export { type Cnn, cnn } from './cnn';
export type { CnnConfig } from './cnn-config';
export { cnnWeightShapes } from './cnn-weight-shapes';
export { type Convolution2DOptions, convolution2d } from './convolution2d';
export {
  type DynamicRoutingOptions,
  dynamicRouting,
  type Routing,
  type RoutingIteration,
} from './dynamic-routing';
export { efficientConfig } from './efficient-config';
export { exponentialSquash } from './exponential-squash';
export type { Initializer, InitializerConfig } from './initializer-config';
export { type KernelCache, kernelCache } from './kernel-cache';
export { labmlConfig } from './labml-config';
export { type MarginLossOptions, marginLoss, marginLossPerExample } from './margin-loss';
export type { BatchLoss } from './mean-loss';
export { decodeCapsNet, decodeCnn, encodeCapsNet, encodeCnn } from './model-file';
export { paperConfig } from './paper-config';
export { type PerturbOptions, paperOffsets, perturb } from './perturb';
export { PrimaryCapsules, type PrimaryCapsulesArgs } from './primary-capsules';
export { importPyTorchWeights, type PyTorchTensor } from './pytorch-weights';
export {
  type ReconstructionLossOptions,
  reconstructionLoss,
  reconstructionLossPerExample,
} from './reconstruction-loss';
export { SeededDropout, type SeededDropoutArgs } from './seeded-dropout';
export { selfAttentionRouting } from './self-attention-routing';
export { smallCnnConfig } from './small-cnn-config';
export { type SquashOptions, squash } from './squash';
export { weightShapes } from './weight-shapes';
