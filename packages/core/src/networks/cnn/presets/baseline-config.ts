import { paperConfig } from '../../capsnet/presets/paper-config';
import type { CnnConfig } from '../cnn-config';

/**
 * The baseline that Sabour, Frosst and Hinton (2017) compare CapsNet with on MNIST: three convolutions 5x5 at stride 1,
 * 35.4 million parameters and, since nothing makes the images smaller, ten times CapsNet's multiplications.
 */
export const baselineConfig: CnnConfig = {
  image: paperConfig.image,
  classes: 10,
  convolutions: [
    { filters: 256, kernel: 5, stride: 1 },
    { filters: 256, kernel: 5, stride: 1 },
    { filters: 128, kernel: 5, stride: 1 },
  ],
  dense: [328, 192],
  dropout: 0.5,
  seed: 1,
};
