import { type CapsNetConfig, efficientConfig, paperConfig } from '@capsnet/core';

const paper: CapsNetConfig = {
  ...paperConfig,
  image: { height: 12, width: 12, channels: 1, mean: 0, deviation: 1 },
  convolutions: [{ filters: 32, kernel: 3, stride: 1 }],
  primary: { channels: 4, dim: 8, kernel: 5, stride: 2, gain: 1 },
  decoder: { ...paperConfig.decoder!, hidden: [32] },
};

/** Small, and yet with kernels of every sort that are large enough to be quantised. */
export const smallNetworks: readonly { readonly name: string; readonly config: CapsNetConfig }[] = [
  { name: 'dynamic routing', config: paper },
  { name: 'stacked routing', config: { ...paper, hidden: [{ capsules: 8, dim: 12 }] } },
  { name: 'no decoder', config: { ...paper, decoder: null } },
  {
    name: 'batch normalisation and depthwise capsules',
    config: {
      ...efficientConfig,
      image: paper.image,
      convolutions: [{ filters: 128, kernel: 3, stride: 1, batchNorm: true }],
      primary: { ...efficientConfig.primary, kernel: 10 },
      decoder: { ...efficientConfig.decoder!, hidden: [32] },
    },
  },
];
