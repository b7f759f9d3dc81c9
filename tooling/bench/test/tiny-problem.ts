import { type CapsNetConfig, capsNetConfig, efficientConfig } from '@capsnet/core';
import type { NetworkName } from '../src/networks/networks';

const tiny = { image: { height: 12, width: 11 }, classes: 3, classDim: 5, decoder: { hidden: [6, 7] } };

/** Both networks with everything small. */
export const tinyConfigs: Readonly<Record<NetworkName, CapsNetConfig>> = {
  paper: capsNetConfig({
    ...tiny,
    convolutions: [{ filters: 4, kernelSize: 3 }],
    primary: { channels: 2, dim: 4, kernelSize: 3 },
  }),
  // Unlike in the real one there are several places of capsules, so that one in the wrong order shows.
  efficient: capsNetConfig({
    ...efficientConfig,
    ...tiny,
    convolutions: [
      { filters: 4, kernelSize: 3, batchNorm: true },
      { filters: 6, kernelSize: 3, strides: 2, batchNorm: true },
    ],
    primary: { ...efficientConfig.primary, channels: 3, dim: 2, kernelSize: 3 },
  }),
};
