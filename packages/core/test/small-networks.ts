import { capsNetConfig } from '../src/networks/capsnet/check-config';
import type { CapsNetConfig, CapsNetOptions } from '../src/networks/capsnet/config';

const dynamic = {
  image: { height: 12, width: 14, channels: 2, mean: 0, standardDeviation: 1 },
  classes: 4,
  convolutions: [{ filters: 3, kernelSize: 3, strides: 1 }],
  primary: { channels: 2, dim: 3, kernelSize: 3, strides: 2, gain: 1 },
  hidden: [{ capsules: 5, dim: 4 }],
  classDim: 5,
  decoder: { hidden: [7] },
  // Two small routing layers start all but dead from the paper's .1.
  initializer: { routing: { standardDeviation: 0.5 } },
} satisfies CapsNetOptions;

interface SmallNetwork {
  readonly name: string;
  readonly config: CapsNetConfig;
}

/** Networks small enough for every backend, one of each kind: what holds for a CapsNet has to hold for all. */
export const smallNetworks: readonly [SmallNetwork, ...SmallNetwork[]] = [
  { name: 'dynamic routing', config: capsNetConfig(dynamic) },
  {
    name: 'dynamic routing by min-max couplings',
    config: capsNetConfig({ ...dynamic, routing: { coupling: 'max-min', useBias: true } }),
  },
  {
    name: 'self-attention routing',
    config: capsNetConfig({ ...dynamic, routing: { type: 'self-attention' } }),
  },
  {
    name: 'EM routing of matrix capsules, a convolutional layer among them',
    config: capsNetConfig({
      ...dynamic,
      primary: { channels: 2, dim: 4, kernelSize: 3, strides: 2 },
      hidden: [{ capsules: 3, dim: 4, kernelSize: 2 }],
      classDim: 4,
      routing: { type: 'em', iterations: 2, inverseTemperature: 10, varianceFloor: 0.1 },
      // A margin that stays, for tests that ask for the same loss twice
      loss: { type: 'spread', from: 0.9 },
    }),
  },
  {
    name: 'batch normalisation and depthwise capsules',
    config: capsNetConfig({
      ...dynamic,
      convolutions: [
        { filters: 4, kernelSize: 3, strides: 1, batchNorm: true },
        { filters: 6, kernelSize: 3, strides: 2, batchNorm: true },
      ],
      primary: {
        channels: 2,
        dim: 3,
        kernelSize: 4,
        strides: 1,
        gain: 1,
        depthwise: true,
        squash: 'exponential',
      },
      hidden: [],
      routing: { type: 'self-attention' },
      initializer: { ...dynamic.initializer, convolution: 'heNormal' },
    }),
  },
];
