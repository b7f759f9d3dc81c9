import { initializers } from '@tensorflow/tfjs-layers';
import type { Initializer } from '../../configuration/initializer-config';
import type { CapsNetConfig } from './config';
import { type Starts, starts } from './initial-weights';

/** Initialisers with a seed of their own for each weight: those of tfjs repeat the same numbers for the same seed. */
export function initializersOf({ seed, initializer }: CapsNetConfig) {
  let drawn = 0;
  // tfjs takes seed 0 for no seed.
  const nextSeed = () => seed * 1000 + ++drawn;
  const { convolution, dense }: Starts = starts[initializer.convolution];
  return {
    convolution: (isFirst: boolean, depthwise = false) => convolution(nextSeed(), { isFirst, depthwise }),
    routing(): { kernelInitializer: Initializer } {
      const { distribution, standardDeviation: stddev } = initializer.routing;
      const options = { mean: 0, stddev, seed: nextSeed() };
      return {
        kernelInitializer:
          distribution === 'normal'
            ? initializers.randomNormal(options)
            : initializers.truncatedNormal(options),
      };
    },
    dense: (isLast: boolean) => dense(nextSeed(), { isLast }),
  };
}
