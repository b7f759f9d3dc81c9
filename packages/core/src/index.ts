export { CapsuleLength, capsuleLength } from './capsules/capsule-length';
export { exponentialSquash } from './capsules/exponential-squash';
export { type SquashOptions, squash } from './capsules/squash';
export { type Convolution2DOptions, convolution2d } from './convolution/convolution2d';
export { type KernelCache, kernelCache } from './convolution/kernel-cache';
export { type PerturbOptions, paperOffsets, perturb } from './inspection/perturb';
export { decodeCapsNet, decodeCnn, encodeCapsNet, encodeCnn } from './interchange/model-file';
export { importPyTorchWeights, type PyTorchTensor } from './interchange/pytorch-weights';
export { BatchNorm, type BatchNormArgs, batchNorm } from './layers/batch-norm';
export { CapsuleLayer, type CapsuleLayerArgs } from './layers/capsule-layer';
export { CapsuleMask, type CapsuleMaskArgs, maskCapsules } from './layers/capsule-mask';
export type { Initializer, InitializerConfig } from './layers/initializer-config';
export { PrimaryCapsules, type PrimaryCapsulesArgs } from './layers/primary-capsules';
export { SeededDropout, type SeededDropoutArgs } from './layers/seeded-dropout';
export { type MarginLossOptions, marginLoss, marginLossPerExample } from './losses/margin-loss';
export type { BatchLoss } from './losses/mean-loss';
export {
  type ReconstructionLossOptions,
  reconstructionLoss,
  reconstructionLossPerExample,
} from './losses/reconstruction-loss';
export { type CapsNet, capsNet, type LabelledImages } from './networks/capsnet/capsnet';
export type { CapsNetConfig } from './networks/capsnet/capsnet-config';
export { checkConfig } from './networks/capsnet/check-config';
export { efficientConfig } from './networks/capsnet/presets/efficient-config';
export { labmlConfig } from './networks/capsnet/presets/labml-config';
export { paperConfig } from './networks/capsnet/presets/paper-config';
export { weightShapes } from './networks/capsnet/weight-shapes';
export { checkCnnConfig } from './networks/cnn/check-cnn-config';
export { type Cnn, cnn } from './networks/cnn/cnn';
export type { CnnConfig } from './networks/cnn/cnn-config';
export { cnnWeightShapes } from './networks/cnn/cnn-weight-shapes';
export { baselineConfig } from './networks/cnn/presets/baseline-config';
export { smallCnnConfig } from './networks/cnn/presets/small-cnn-config';
export {
  type DynamicRoutingOptions,
  dynamicRouting,
  type Routing,
  type RoutingIteration,
} from './routing/dynamic/dynamic-routing';
export { selfAttentionRouting } from './routing/self-attention/self-attention-routing';
