import { cnnConfig } from '../check-config';
import type { CnnConfig } from '../config';

/**
 * The baseline that Sabour, Frosst and Hinton (2017) compare CapsNet with on MNIST: three convolutions 5x5 at stride 1,
 * 35.4 million parameters and, since nothing makes the images smaller, ten times CapsNet's multiplications.
 */
export const baselineConfig: CnnConfig = cnnConfig({
  convolutions: [
    { filters: 256, kernelSize: 5 },
    { filters: 256, kernelSize: 5 },
    { filters: 128, kernelSize: 5 },
  ],
  dense: [328, 192],
});
