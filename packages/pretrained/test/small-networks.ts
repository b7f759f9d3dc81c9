import { type CapsNetConfig, capsNetConfig, efficientConfig } from '@capsnet/core';

const paper = {
  image: { height: 12, width: 12 },
  convolutions: [{ filters: 32, kernelSize: 3 }],
  primary: { channels: 4, kernelSize: 5 },
  decoder: { hidden: [32] },
};

/** Small, and yet with kernels of every sort that are large enough to be quantised. */
export const smallNetworks: readonly { readonly name: string; readonly config: CapsNetConfig }[] = [
  { name: 'dynamic routing', config: capsNetConfig(paper) },
  { name: 'stacked routing', config: capsNetConfig({ ...paper, hidden: [{ capsules: 8, dim: 12 }] }) },
  { name: 'no decoder', config: capsNetConfig({ ...paper, decoder: null }) },
  {
    name: 'batch normalisation and depthwise capsules',
    config: capsNetConfig({
      ...efficientConfig,
      image: paper.image,
      convolutions: [{ filters: 128, kernelSize: 3, batchNorm: true }],
      primary: { ...efficientConfig.primary, kernelSize: 10 },
      decoder: paper.decoder,
    }),
  },
];
