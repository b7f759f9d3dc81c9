import type { CnnConfig } from '../cnn-config';
import { baselineConfig } from './baseline-config';

/**
 * A network without capsules of as many parameters as CapsNet, 8.2 million, and a tenth of its multiplications: two
 * convolutions, each followed by pooling, and a wide dense layer.
 */
export const smallCnnConfig: CnnConfig = {
  ...baselineConfig,
  convolutions: [
    { filters: 32, kernel: 5, stride: 1, pool: 2 },
    { filters: 64, kernel: 5, stride: 1, pool: 2 },
  ],
  dense: [2592],
};
