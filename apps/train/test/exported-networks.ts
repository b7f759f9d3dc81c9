import {
  type AnyNetwork,
  baselineConfig,
  buildNetwork,
  type CapsNetOptions,
  efficientConfig,
  emConfig,
  emNorbConfig,
  labmlConfig,
  type NetworkOptions,
} from '@capsnet/core';
import { linearCongruential } from '@capsnet/testing/linear-congruential';
import * as tf from '@tensorflow/tfjs-core';

const small = {
  image: { height: 12, width: 14, channels: 2 },
  classes: 4,
  convolutions: [{ filters: 3, kernelSize: 3 }],
  primary: { channels: 2, dim: 3, kernelSize: 3, strides: 2 },
  classDim: 5,
  decoder: { hidden: [7] },
  // Small layers would be all but dead from the paper's 0.1, and what routing does with their votes could not be seen.
  initializer: { routing: { standardDeviation: 2 } },
} satisfies CapsNetOptions;

const matrices = {
  ...small,
  primary: { channels: 2, dim: 4, kernelSize: 3, strides: 2 },
  classDim: 4,
  routing: { type: 'em', inverseTemperature: 5, varianceFloor: 0.1 },
} satisfies CapsNetOptions;

/** A network of every kind, and with every setting that changes what it computes. */
export const exportedNetworks: Readonly<Record<string, NetworkOptions>> = {
  'dynamic routing': small,
  'a single iteration, over the children': {
    ...small,
    routing: { type: 'dynamic', iterations: 1, over: 'in' },
  },
  'dynamic routing over the children, with a bias': {
    ...small,
    routing: { type: 'dynamic', iterations: 4, over: 'in', useBias: true, gradient: 'last' },
  },
  'min-max couplings, two layers': {
    ...small,
    hidden: [
      { capsules: 5, dim: 4 },
      { capsules: 6, dim: 3 },
    ],
    routing: { type: 'dynamic', coupling: 'max-min' },
  },
  'min-max couplings over the children': {
    ...small,
    routing: { type: 'dynamic', coupling: 'max-min', over: 'in', useBias: true },
  },
  'no convolutions, a gain, no decoder': {
    ...small,
    convolutions: [],
    primary: { ...small.primary, gain: 1 / 32, squash: 'exponential' },
    decoder: null,
  },
  'colour, normalised, a decoder of one layer': {
    ...small,
    image: { height: 13, width: 9, channels: 3, mean: 0.4, standardDeviation: 0.3 },
    decoder: { hidden: [], maskBy: 'prediction', target: 'normalised' },
  },
  'one class': { ...small, classes: 1 },
  'two classes': { ...small, classes: 2 },
  '300 classes': { ...small, classes: 300 },
  'self-attention routing': {
    ...small,
    hidden: [{ capsules: 5, dim: 4 }],
    routing: { type: 'self-attention' },
  },
  'self-attention without a bias': { ...small, routing: { type: 'self-attention', useBias: false } },
  'batch normalisation and depthwise capsules': {
    ...small,
    convolutions: [
      { filters: 4, kernelSize: 3, batchNorm: true },
      { filters: 6, kernelSize: 3, strides: 2, batchNorm: true },
    ],
    primary: { channels: 2, dim: 3, kernelSize: 3, strides: 1, depthwise: true, gain: 0.7 },
    routing: { type: 'dynamic' },
  },
  'EM routing': matrices,
  'EM routing with windows that overlap, and some that leave places out': {
    ...matrices,
    image: { height: 15, width: 16, channels: 2 },
    hidden: [
      { capsules: 3, dim: 4, kernelSize: 3, strides: 1 },
      { capsules: 2, dim: 4, kernelSize: 1, strides: 2 },
    ],
    decoder: null,
    loss: { type: 'spread' },
  },
  'EM routing of numbers, one iteration': {
    ...matrices,
    primary: { channels: 3, dim: 1, kernelSize: 3, strides: 2 },
    classDim: 1,
    routing: { type: 'em', iterations: 1 },
  },
  'a network without capsules': {
    kind: 'cnn',
    image: { height: 13, width: 10, channels: 3, mean: 0.5, standardDeviation: 0.5 },
    classes: 3,
    convolutions: [
      { filters: 4, kernelSize: 4, strides: 2 },
      { filters: 5, kernelSize: 3, pool: 2 },
    ],
    dense: [6],
  },
  'no capsules, no convolutions, no hidden layer': {
    kind: 'cnn',
    image: { height: 4, width: 5, channels: 2 },
    convolutions: [],
    dense: [],
  },
  'Efficient-CapsNet': efficientConfig,
  'matrix capsules for MNIST': emConfig,
  'matrix capsules for smallNORB': emNorbConfig,
  "labml's network, a quarter as wide": {
    ...labmlConfig,
    convolutions: [{ filters: 64, kernelSize: 9 }],
    primary: { ...labmlConfig.primary, channels: 8 },
  },
  'a baseline as wide as an eighth': {
    ...baselineConfig,
    convolutions: baselineConfig.convolutions.map(layer => ({ ...layer, filters: layer.filters / 8 })),
    dense: [41, 24],
  },
};

/** The network with none of its weights as it starts, for many start at 0 or 1 and would hide that they are left out. */
export function shakenNetwork(options: NetworkOptions): AnyNetwork {
  const network = buildNetwork(options);
  const next = linearCongruential(7);
  for (const [name, variable] of Object.entries(network.variables)) {
    const size = name.endsWith('kernel') ? 0.02 : 0.2;
    const moved = Float32Array.from(variable.dataSync(), value => value + size * (next() - 0.5));
    variable.assign(tf.tensor(moved, variable.shape));
  }
  return network;
}

/** Images that it takes. */
export function imagesFor({ config }: AnyNetwork, count: number): tf.Tensor4D {
  const { height, width, channels } = config.image;
  const next = linearCongruential(count);
  const size = count * height * width * channels;
  return tf.tensor4d(Float32Array.from({ length: size }, next), [count, height, width, channels]);
}

/** What the network itself makes of them, by the names that exports have. */
export function expectedOutputs(network: AnyNetwork, images: tf.Tensor4D): Record<string, tf.Tensor> {
  if (network.kind !== 'capsnet') return { probabilities: network.scores(images) };
  const { activations, reconstruction } = network.predict(images);
  const { poses } = network.capsules(images);
  return { activations, capsules: poses, ...(reconstruction && { reconstructions: reconstruction }) };
}
