import type { CapsNetConfig } from '../src/networks/capsnet/capsnet-config';
import { paperConfig } from '../src/networks/capsnet/presets/paper-config';

const dynamic: CapsNetConfig = {
  ...paperConfig,
  image: { height: 12, width: 14, channels: 2, mean: 0, deviation: 1 },
  classes: 4,
  convolutions: [{ filters: 3, kernel: 3, stride: 1 }],
  primary: { channels: 2, dim: 3, kernel: 3, stride: 2, gain: 1 },
  hidden: [{ capsules: 5, dim: 4 }],
  classDim: 5,
  decoder: { ...paperConfig.decoder!, hidden: [7] },
  // Two small routing layers start all but dead from the paper's .1.
  initializer: { ...paperConfig.initializer, routing: { distribution: 'truncatedNormal', deviation: 0.5 } },
};

interface SmallNetwork {
  readonly name: string;
  readonly config: CapsNetConfig;
}

/** Networks small enough for every backend, one of each kind: what holds for a CapsNet has to hold for all. */
export const smallNetworks: readonly [SmallNetwork, ...SmallNetwork[]] = [
  { name: 'dynamic routing', config: dynamic },
  {
    name: 'self-attention routing',
    config: { ...dynamic, routing: { ...dynamic.routing, type: 'self-attention', bias: true } },
  },
  {
    name: 'batch normalisation and depthwise capsules',
    config: {
      ...dynamic,
      convolutions: [
        { filters: 4, kernel: 3, stride: 1, batchNorm: true },
        { filters: 6, kernel: 3, stride: 2, batchNorm: true },
      ],
      primary: { channels: 2, dim: 3, kernel: 4, stride: 1, gain: 1, depthwise: true, squash: 'exponential' },
      hidden: [],
      routing: { ...dynamic.routing, type: 'self-attention', iterations: 1, bias: true },
      initializer: { ...dynamic.initializer, convolution: 'heNormal' },
    },
  },
];
