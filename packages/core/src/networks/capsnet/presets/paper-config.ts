import type { CapsNetConfig } from '../capsnet-config';

/**
 * The network of Sabour, Frosst and Hinton (2017) for MNIST: 8,215,568 parameters.
 *
 * Where the paper and its authors' code leave a choice, this takes what learns faster on held-back training images:
 * convolutions start uniform within 1/sqrt(fan-in), without the factor 1/32 and without a routing bias. Reasons and
 * figures stand in the README.
 */
export const paperConfig: CapsNetConfig = {
  image: { height: 28, width: 28, channels: 1, mean: 0, deviation: 1 },
  classes: 10,
  convolutions: [{ filters: 256, kernel: 9, stride: 1 }],
  primary: { channels: 32, dim: 8, kernel: 9, stride: 2, gain: 1 },
  hidden: [],
  classDim: 16,
  routing: { iterations: 3, softmaxOver: 'out', gradient: 'full', bias: false },
  decoder: { hidden: [512, 1024], maskBy: 'label', weight: 0.0005, reduction: 'sum', target: 'image' },
  margin: { squared: true, mPositive: 0.9, mNegative: 0.1, lambda: 0.5 },
  initializer: { convolution: 'fanIn', routing: { distribution: 'truncatedNormal', deviation: 0.1 } },
  seed: 1,
};
