import type { CapsNetConfig } from '../capsnet-config';
import { truncatedDeviation } from '../weight-initializers';
import { paperConfig } from './paper-config';

/**
 * Efficient-CapsNet ([Mazzia, Salvetti and Chiaberge, 2021](https://arxiv.org/abs/2101.12491)) for MNIST, as in its
 * authors' code: 161,824 trained parameters without the decoder.
 */
export const efficientConfig: CapsNetConfig = {
  ...paperConfig,
  convolutions: [
    { filters: 32, kernel: 5, stride: 1, batchNorm: true },
    { filters: 64, kernel: 3, stride: 1, batchNorm: true },
    { filters: 64, kernel: 3, stride: 1, batchNorm: true },
    { filters: 128, kernel: 3, stride: 2, batchNorm: true },
  ],
  // The kernel covers all that is left of the image.
  primary: { channels: 16, dim: 8, kernel: 9, stride: 1, gain: 1, depthwise: true, squash: 'exponential' },
  routing: { ...paperConfig.routing, type: 'self-attention', iterations: 1, bias: true },
  initializer: {
    convolution: 'heNormal',
    // Keras' he_normal for [10, 16, 8, 16], whose fan-in Keras takes to be 10 * 16 * 8
    routing: { distribution: 'truncatedNormal', deviation: Math.sqrt(2 / 1280) / truncatedDeviation },
  },
};
