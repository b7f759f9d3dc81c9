import { labmlConfig } from '@capsnet/core';

/** labml's experiment: batches of 64, a constant rate, 10 epochs validated five times each, images as they are. */
export const labml = {
  model: labmlConfig,
  data: { shift: 0 },
  training: {
    epochs: 10,
    batchSize: 64,
    learningRate: { schedule: 'constant' },
    patience: null,
    validationsPerEpoch: 5,
  },
} as const;
