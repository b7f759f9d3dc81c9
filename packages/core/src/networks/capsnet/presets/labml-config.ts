import type { CapsNetConfig } from '../capsnet-config';
import { paperConfig } from './paper-config';

/**
 * labml.ai's annotated implementation, with all of its departures from the paper: couplings that sum to 1 over the
 * children, routing weights from N(0, 1), a margin loss that is not squared, a mean squared error whose decoder sees the
 * predicted class in training too, and images normalised both as input and as target.
 */
export const labmlConfig: CapsNetConfig = {
  ...paperConfig,
  image: { ...paperConfig.image, mean: 0.1307, deviation: 0.3081 },
  routing: { ...paperConfig.routing, softmaxOver: 'in' },
  decoder: {
    hidden: [512, 1024],
    maskBy: 'prediction',
    weight: 0.0005,
    reduction: 'mean',
    target: 'normalised',
  },
  margin: { ...paperConfig.margin, squared: false },
  initializer: { convolution: 'fanIn', routing: { distribution: 'normal', deviation: 1 } },
};
