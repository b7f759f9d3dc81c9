export { exponentialSquash } from './capsules/exponential-squash';
export { capsuleLength } from './capsules/length';
export { type SquashOptions, squash } from './capsules/squash';
export type { Initializer, InitializerConfig } from './configuration/initializer-config';
export { type Convolution2DOptions, convolution2d } from './convolution/convolution2d';
export { convolvedSize } from './convolution/convolved-size';
export { type PerturbOptions, paperOffsets, perturb } from './inspection/perturb';
export { decodeCapsNet, decodeNetwork, encodeNetwork } from './interchange/model-file';
export {
  exportPyTorchWeights,
  importPyTorchWeights,
  type PyTorchTensor,
} from './interchange/pytorch-weights';
export { BatchNorm, type BatchNormArgs } from './layers/batch-norm';
export { CapsuleLayer, type CapsuleLayerArgs } from './layers/capsule-layer';
export { CapsuleLength } from './layers/capsule-length';
export { CapsuleMask, type CapsuleMaskArgs, maskCapsules } from './layers/capsule-mask';
export { PrimaryCapsules, type PrimaryCapsulesArgs } from './layers/primary-capsules';
export { ReluConvolution, type ReluConvolutionArgs } from './layers/relu-convolution-layer';
export { SeededDropout, type SeededDropoutArgs } from './layers/seeded-dropout';
export { type MarginLossOptions, marginLoss, marginLossPerExample } from './losses/margin-loss';
export type { BatchLoss } from './losses/mean-loss';
export {
  type ReconstructionLossOptions,
  reconstructionLoss,
  reconstructionLossPerExample,
} from './losses/reconstruction-loss';
export {
  type SpreadLossOptions,
  type SpreadMarginOptions,
  spreadLoss,
  spreadLossPerExample,
  spreadMargin,
} from './losses/spread-loss';
export {
  type ActiveCapsules,
  type CapsNet,
  capsNet,
  type Prediction,
  type RoutingTrace,
} from './networks/capsnet/capsnet';
export { capsNetConfig } from './networks/capsnet/check-config';
export type { CapsNetConfig, CapsNetOptions } from './networks/capsnet/config';
export { type Geometry, geometryOf } from './networks/capsnet/geometry';
export { efficientConfig } from './networks/capsnet/presets/efficient';
export { emConfig } from './networks/capsnet/presets/em';
export { emNorbConfig } from './networks/capsnet/presets/em-norb';
export { labmlConfig } from './networks/capsnet/presets/labml';
export { paperConfig } from './networks/capsnet/presets/paper';
export { cnnConfig } from './networks/cnn/check-config';
export { type Cnn, cnn } from './networks/cnn/cnn';
export type { CnnConfig, CnnOptions } from './networks/cnn/config';
export { baselineConfig } from './networks/cnn/presets/baseline';
export { smallCnnConfig } from './networks/cnn/presets/small';
export { fromEarlier } from './networks/earlier-config';
export {
  type AnyNetwork,
  buildNetwork,
  type NetworkConfig,
  type NetworkOptions,
  networkConfig,
  networkSchema,
} from './networks/kinds';
export type { ClassScore, LabelledImages, Network } from './networks/network';
export {
  type DynamicRouting,
  type DynamicRoutingIteration,
  type DynamicRoutingOptions,
  dynamicRouting,
} from './routing/dynamic/dynamic-routing';
export type { DynamicRoutingSettings } from './routing/dynamic/settings';
export type { CapsuleGrid, Capsules, Connection, Routing, RoutingIteration } from './routing/routing';
export type { RoutingConfig, RoutingOptions } from './routing/routings';
export { selfAttentionRouting } from './routing/self-attention/self-attention-routing';
