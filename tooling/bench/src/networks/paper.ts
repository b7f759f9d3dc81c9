import { type CapsNetConfig, geometryOf, importPyTorchWeights, paperConfig } from '@capsnet/core';
import {
  type BenchNetwork,
  convolutionWeights,
  decoderWeights,
  lossOptions,
  routingSpread,
} from './bench-network';

/** The network of Sabour, Frosst and Hinton (2017) for MNIST, `pytorch/capsnet.py`. */
export const paper: BenchNetwork = {
  config: paperConfig,
  weights(config) {
    const { image, primary, classes, classDim } = config;
    const convolution = soleConvolution(config);
    const features = primary.channels * primary.dim;
    const { lower } = geometryOf(config).connections[0]!;
    const children = lower.height * lower.width * lower.channels;
    return {
      ...convolutionWeights('conv1', convolution.filters, image.channels, convolution.kernelSize),
      ...convolutionWeights('conv2', features, convolution.filters, primary.kernelSize),
      'digit_capsules.weight': routingSpread(config, [children, classes, primary.dim, classDim]),
      ...decoderWeights(config),
    };
  },
  options(config) {
    const { iterations, over } = dynamicRoutingOf(config);
    const { primary } = config;
    const strides = [soleConvolution(config).strides, primary.strides];
    return { strides, dim: primary.dim, iterations, softmaxOver: over, ...lossOptions(config) };
  },
  load: importPyTorchWeights,
};

/** Routing, which contenders write out as the paper has it. */
export function dynamicRoutingOf({ routing }: CapsNetConfig) {
  if (routing.type !== 'dynamic') throw new Error(`expected dynamic routing, found ${routing.type}`);
  return routing;
}

function soleConvolution({ convolutions, hidden }: CapsNetConfig) {
  const [first, ...more] = convolutions;
  if (!first || more.length > 0 || hidden.length > 0) {
    throw new Error('expected one convolution before the primary capsules and no hidden capsule layers');
  }
  return first;
}
