import { capsNetConfig } from '../check-config';
import type { CapsNetConfig } from '../config';
import { truncatedDeviation } from '../initial-weights';

/**
 * Efficient-CapsNet ([Mazzia, Salvetti and Chiaberge, 2021](https://arxiv.org/abs/2101.12491)) for MNIST, as in its
 * authors' code: 161,824 trained parameters without the decoder.
 */
export const efficientConfig: CapsNetConfig = capsNetConfig({
  convolutions: [
    { filters: 32, kernelSize: 5, batchNorm: true },
    { filters: 64, kernelSize: 3, batchNorm: true },
    { filters: 64, kernelSize: 3, batchNorm: true },
    { filters: 128, kernelSize: 3, strides: 2, batchNorm: true },
  ],
  // The kernel covers all that is left of the image.
  primary: { channels: 16, kernelSize: 9, strides: 1, depthwise: true, squash: 'exponential' },
  routing: { type: 'self-attention' },
  initializer: {
    convolution: 'heNormal',
    // Keras' he_normal for [10, 16, 8, 16], whose fan-in Keras takes to be 10 * 16 * 8
    routing: { standardDeviation: Math.sqrt(2 / 1280) / truncatedDeviation },
  },
});
