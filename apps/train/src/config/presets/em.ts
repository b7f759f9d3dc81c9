import { emConfig } from '@capsnet/core';

/** Matrix capsules with EM routing, which learn from a higher rate than others. */
export const em = {
  model: emConfig,
  training: { epochs: 10, learningRate: { initial: 0.01 } },
} as const;
