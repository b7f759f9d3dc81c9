import type { CapsNet, CapsNetConfig } from '@capsnet/core';

export interface FloatTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/** Values spread evenly from offset - scale to offset + scale. */
export interface Spread {
  readonly shape: readonly number[];
  readonly scale: number;
  /** Default 0. */
  readonly offset?: number;
}

/** A network that is compared, as the script in PyTorch has it and as the packages have it. */
export interface BenchNetwork {
  readonly config: CapsNetConfig;
  /** Its weights by their names in PyTorch, and their start. @throws for a config that the script cannot express */
  weights(config: CapsNetConfig): Record<string, Spread>;
  /** What the script has to know besides the weights' shapes. */
  options(config: CapsNetConfig): Record<string, unknown>;
  /** Gives PyTorch's weights to a network of ours. */
  load(network: CapsNet, weights: Readonly<Record<string, FloatTensor>>): void;
}

/** The margin loss of a config and the factor of its reconstruction, by the script's names. */
export function lossOptions({ loss, decoder }: CapsNetConfig) {
  if (loss.type !== 'margin' || !decoder)
    throw new Error(`expected the margin loss and a decoder, found ${loss.type} and ${decoder}`);
  const { mPositive, mNegative, lambda } = loss;
  return { mPositive, mNegative, lambda, reconstructionWeight: decoder.weight };
}

/** A convolution, or with `below` 1 a depthwise one: uniform within 1 / sqrt(fan-in). */
export function convolutionWeights(name: string, filters: number, below: number, kernelSize: number) {
  return affineWeights(name, [filters, below, kernelSize, kernelSize]);
}

/** Both networks have the same decoder. */
export function decoderWeights({ image, classes, classDim, decoder }: CapsNetConfig): Record<string, Spread> {
  const weights: Record<string, Spread> = {};
  let inputs = classes * classDim;
  const pixels = image.height * image.width * image.channels;
  [...(decoder?.hidden ?? []), pixels].forEach((units, index) => {
    Object.assign(weights, affineWeights(`decoder.${2 * index}`, [units, inputs]));
    inputs = units;
  });
  return weights;
}

/** Of the routing: the config's standard deviation. */
export function routingSpread(config: CapsNetConfig, shape: readonly number[]): Spread {
  return { shape, scale: config.initializer.routing.standardDeviation * Math.sqrt(3) };
}

/** Biases too, so that one in the wrong place shows. */
function affineWeights(name: string, shape: readonly [number, ...number[]]): Record<string, Spread> {
  const [units, ...inputs] = shape;
  const scale = 1 / Math.sqrt(inputs.reduce((product, size) => product * size, 1));
  return { [`${name}.weight`]: { shape, scale }, [`${name}.bias`]: { shape: [units], scale } };
}
