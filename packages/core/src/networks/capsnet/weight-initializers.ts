import { initializers } from '@tensorflow/tfjs-layers';
import type { Initializer } from '../../layers/initializer-config';
import type { CapsNetConfig } from './capsnet-config';

/** The standard deviation of a standard normal distribution that is cut off at 2 and -2. */
export const truncatedDeviation = 0.87962566103423978;

/** Initialisers with a seed of their own for each weight: those of tfjs repeat the same numbers for the same seed. */
export function initializersOf({ seed, initializer, routing }: CapsNetConfig) {
  let drawn = 0;
  // tfjs takes seed 0 for no seed.
  const nextSeed = () => seed * 1000 + ++drawn;
  const fanIn = () =>
    initializers.varianceScaling({ scale: 1 / 3, mode: 'fanIn', distribution: 'uniform', seed: nextSeed() });
  // Keras widens a truncated normal by what the cut takes from its deviation; tfjs does not.
  const widened = (scale: number, mode: 'fanIn' | 'fanAvg') =>
    initializers.varianceScaling({
      scale: scale / truncatedDeviation ** 2,
      mode,
      distribution: 'normal',
      seed: nextSeed(),
    });
  const heNormal = () => widened(2, 'fanIn');
  const glorotNormal = () => widened(1, 'fanAvg');
  const zeros = initializers.zeros();
  return {
    convolution(
      isFirst: boolean,
      depthwise = false,
    ): { kernelInitializer: Initializer; biasInitializer: Initializer } {
      if (initializer.convolution === 'fanIn') return { kernelInitializer: fanIn(), biasInitializer: zeros };
      if (initializer.convolution === 'heNormal') {
        const kernelInitializer = depthwise ? initializers.glorotUniform({ seed: nextSeed() }) : heNormal();
        return { kernelInitializer, biasInitializer: zeros };
      }
      const stddev = isFirst ? 0.05 : 0.1;
      return {
        kernelInitializer: initializers.truncatedNormal({ stddev, seed: nextSeed() }),
        biasInitializer: initializers.constant({ value: 0.1 }),
      };
    },
    routing(): { kernelInitializer: Initializer; biasInitializer?: Initializer } {
      const { distribution, deviation: stddev } = initializer.routing;
      const options = { mean: 0, stddev, seed: nextSeed() };
      return {
        kernelInitializer:
          distribution === 'normal'
            ? initializers.randomNormal(options)
            : initializers.truncatedNormal(options),
        // Self-attention's bias is one of couplings, where the default, 0, changes nothing.
        ...(routing.bias &&
          routing.type !== 'self-attention' && { biasInitializer: initializers.constant({ value: 0.1 }) }),
      };
    },
    dense(isLast: boolean): { kernelInitializer: Initializer; biasInitializer: Initializer } {
      if (initializer.convolution !== 'heNormal')
        return { kernelInitializer: fanIn(), biasInitializer: zeros };
      return { kernelInitializer: isLast ? glorotNormal() : heNormal(), biasInitializer: zeros };
    },
  };
}
