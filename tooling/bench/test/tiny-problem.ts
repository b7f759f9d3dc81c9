import { type CapsNetConfig, capsNetConfig } from '@capsnet/core';

/** The paper's network with everything small. */
export const tinyConfig: CapsNetConfig = capsNetConfig({
  image: { height: 12, width: 11 },
  classes: 3,
  convolutions: [{ filters: 4, kernelSize: 3 }],
  primary: { channels: 2, dim: 4, kernelSize: 3 },
  classDim: 5,
  decoder: { hidden: [6, 7] },
});
