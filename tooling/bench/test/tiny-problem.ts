import { type CapsNetConfig, paperConfig } from '@capsnet/core';

/** The paper's network with everything small. */
export const tinyConfig: CapsNetConfig = {
  ...paperConfig,
  image: { ...paperConfig.image, height: 12, width: 11 },
  classes: 3,
  convolutions: [{ filters: 4, kernel: 3, stride: 1 }],
  primary: { ...paperConfig.primary, channels: 2, dim: 4, kernel: 3 },
  classDim: 5,
  decoder: { ...paperConfig.decoder!, hidden: [6, 7] },
};
