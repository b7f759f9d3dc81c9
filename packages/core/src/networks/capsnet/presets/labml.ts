import { capsNetConfig } from '../check-config';
import type { CapsNetConfig } from '../config';

/**
 * labml.ai's annotated implementation, with all of its departures from the paper: couplings that sum to 1 over the
 * children, routing weights from N(0, 1), a margin loss that is not squared, a mean squared error whose decoder sees the
 * predicted class in training too, and images normalised both as input and as target.
 */
export const labmlConfig: CapsNetConfig = capsNetConfig({
  image: { mean: 0.1307, standardDeviation: 0.3081 },
  routing: { type: 'dynamic', over: 'in' },
  decoder: { maskBy: 'prediction', reduction: 'mean', target: 'normalised' },
  loss: { squared: false },
  initializer: { routing: { distribution: 'normal', standardDeviation: 1 } },
});
