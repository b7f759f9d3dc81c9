import { type CapsNetConfig, efficientConfig, geometryOf } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import {
  type BenchNetwork,
  convolutionWeights,
  decoderWeights,
  lossOptions,
  routingSpread,
  type Spread,
} from './bench-network';

/** Efficient-CapsNet (Mazzia, Salvetti and Chiaberge, 2021) for MNIST, `pytorch/efficient.py`. */
export const efficient: BenchNetwork = {
  config: efficientConfig,
  weights(config) {
    const { image, convolutions, primary, classes, classDim } = asInScript(config);
    const { lower } = geometryOf(config).connections[0]!;
    const children = lower.height * lower.width * lower.channels;
    const weights: Record<string, Spread> = {};
    let below = image.channels;
    convolutions.forEach(({ filters, kernelSize }, index) => {
      Object.assign(weights, convolutionWeights(convolutionName(index), filters, below, kernelSize));
      // Moments too differ from channel to channel, so that one in the wrong place shows.
      const norm = normName(index);
      weights[`${norm}.weight`] = { shape: [filters], scale: 0.1, offset: 1 };
      weights[`${norm}.bias`] = { shape: [filters], scale: 0.1 };
      weights[`${norm}.running_mean`] = { shape: [filters], scale: 0.1 };
      weights[`${norm}.running_var`] = { shape: [filters], scale: 0.1, offset: 1 };
      below = filters;
    });
    return {
      ...weights,
      ...convolutionWeights('primary', primary.channels * primary.dim, 1, primary.kernelSize),
      'class_capsules.weight': routingSpread(config, [children, classes, primary.dim, classDim]),
      'class_capsules.bias': { shape: [children, classes], scale: 0.1 },
      ...decoderWeights(config),
    };
  },
  options(config) {
    const { convolutions, primary } = asInScript(config);
    const strides = convolutions.map(({ strides }) => strides);
    return { strides, primaryStride: primary.strides, dim: primary.dim, ...lossOptions(config) };
  },
  load(network, weights) {
    for (const [name, variable] of Object.entries(network.variables)) {
      const { source, axes } = sourceOf(name);
      const found = weights[source];
      if (!found) throw new Error(`expected a weight ${source}, found ${Object.keys(weights).join(', ')}`);
      tf.tidy(() => {
        const given = tf.tensor(found.data, [...found.shape]);
        variable.assign(axes ? tf.transpose(given, axes) : given);
      });
    }
  },
};

/** The weight in PyTorch that becomes one of ours, and how its axes change. Capsules lie in the same order. */
function sourceOf(name: string): { readonly source: string; readonly axes?: number[] } {
  const [layer, weight] = name.split('/') as [string, string];
  const kind = layer.replace(/\d+$/, '');
  const index = Number(layer.slice(kind.length)) - 1;
  const source = {
    conv: convolutionName(index),
    norm: normName(index),
    primary: 'primary',
    classes: 'class_capsules',
    decoder: `decoder.${2 * index}`,
  }[kind];
  const inPyTorch = {
    kernel: 'weight',
    gamma: 'weight',
    beta: 'bias',
    moving_mean: 'running_mean',
    moving_variance: 'running_var',
  }[weight];
  const axes = { conv: [2, 3, 1, 0], primary: [2, 3, 0, 1], decoder: [1, 0] }[kind];
  return { source: `${source}.${inPyTorch ?? weight}`, ...(weight === 'kernel' && axes && { axes }) };
}

function asInScript(config: CapsNetConfig): CapsNetConfig {
  const { convolutions, primary, hidden, routing } = config;
  const isEfficient =
    convolutions.every(({ batchNorm }) => batchNorm) &&
    primary.depthwise &&
    primary.squash === 'exponential' &&
    hidden.length === 0 &&
    routing.type === 'self-attention' &&
    routing.useBias;
  if (!isEfficient) {
    throw new Error(
      'expected batch normalisation after each convolution, depthwise primary capsules, the exponential squash and ' +
        `self-attention routing with a bias, found ${JSON.stringify({ convolutions, primary, hidden, routing })}`,
    );
  }
  return config;
}

/** In PyTorch's sequence of convolution, ReLU and batch normalisation. */
function convolutionName(index: number): string {
  return `convolutions.${3 * index}`;
}

function normName(index: number): string {
  return `convolutions.${3 * index + 2}`;
}
