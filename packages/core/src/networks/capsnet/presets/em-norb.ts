import { capsNetConfig } from '../check-config';
import type { CapsNetConfig } from '../config';
import { emConfig } from './em';

/**
 * Matrix capsules with EM routing for images like smallNORB's: pairs of 48x48, of which patches of 32x32 are seen, two channels,
 * five classes. The layers are the paper's, with A, B, C and D of 64, 8, 16 and 16: its smaller network.
 */
export const emNorbConfig: CapsNetConfig = capsNetConfig({
  ...emConfig,
  image: { height: 32, width: 32, channels: 2 },
  classes: 5,
  convolutions: [{ filters: 64, kernelSize: 5, strides: 2, batchNorm: true }],
  primary: { channels: 8, dim: 16, kernelSize: 1, strides: 1 },
  hidden: [
    { capsules: 16, dim: 16, kernelSize: 3, strides: 2 },
    { capsules: 16, dim: 16, kernelSize: 3 },
  ],
});
