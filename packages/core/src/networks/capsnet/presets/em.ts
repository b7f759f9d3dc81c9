import { capsNetConfig } from '../check-config';
import type { CapsNetConfig } from '../config';

/**
 * Matrix capsules with EM routing ([Hinton, Sabour and Frosst, 2018](https://openreview.net/forum?id=HJWLfGWRb)) for MNIST,
 * small enough for two cores: one convolutional capsule layer, where the paper has two, and primary capsules that see more and
 * lie less densely.
 */
export const emConfig: CapsNetConfig = capsNetConfig({
  convolutions: [{ filters: 32, kernelSize: 5, strides: 2, batchNorm: true }],
  primary: { channels: 8, dim: 16, kernelSize: 5, strides: 2 },
  hidden: [{ capsules: 16, dim: 16, kernelSize: 3 }],
  routing: { type: 'em', iterations: 2, varianceFloor: 0.05 },
  decoder: null,
  loss: { type: 'spread' },
  initializer: { routing: { standardDeviation: 0.15 } },
});
