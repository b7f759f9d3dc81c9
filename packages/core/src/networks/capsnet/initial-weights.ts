import { initializers } from '@tensorflow/tfjs-layers';
import type { Initializer } from '../../configuration/initializer-config';

/** The standard deviation of a standard normal distribution that is cut off at 2 and -2. */
export const truncatedDeviation = 0.87962566103423978;

/** How a kernel and its bias start. */
export interface Start {
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
}

/** How the convolutions and the decoder's layers of a network start. `seed` is another one at each call. */
export interface Starts {
  convolution(seed: number, place: { readonly isFirst: boolean; readonly depthwise: boolean }): Start;
  dense(seed: number, place: { readonly isLast: boolean }): Start;
}

const zeros = initializers.zeros();
const fanIn = (seed: number): Start => ({
  kernelInitializer: initializers.varianceScaling({
    scale: 1 / 3,
    mode: 'fanIn',
    distribution: 'uniform',
    seed,
  }),
  biasInitializer: zeros,
});
// Keras widens a truncated normal by what the cut takes from its deviation; tfjs does not.
const widened = (scale: number, mode: 'fanIn' | 'fanAvg', seed: number): Start => ({
  kernelInitializer: initializers.varianceScaling({
    scale: scale / truncatedDeviation ** 2,
    mode,
    distribution: 'normal',
    seed,
  }),
  biasInitializer: zeros,
});

/** The starts by the names that configurations have for them: see `initializer.convolution`. */
export const starts = {
  /** PyTorch's default, with biases 0. */
  fanIn: { convolution: fanIn, dense: fanIn },
  /** Of the paper's authors' code, whose decoder is as by default. */
  authors: {
    convolution: (seed, { isFirst }) => ({
      kernelInitializer: initializers.truncatedNormal({ stddev: isFirst ? 0.05 : 0.1, seed }),
      biasInitializer: initializers.constant({ value: 0.1 }),
    }),
    dense: fanIn,
  },
  /** Of Efficient-CapsNet's code: Keras' he_normal, where a depthwise kernel has Keras' default, glorot_uniform. */
  heNormal: {
    convolution: (seed, { depthwise }) =>
      depthwise
        ? { kernelInitializer: initializers.glorotUniform({ seed }), biasInitializer: zeros }
        : widened(2, 'fanIn', seed),
    dense: (seed, { isLast }) => (isLast ? widened(1, 'fanAvg', seed) : widened(2, 'fanIn', seed)),
  },
} satisfies Record<string, Starts>;

export type StartName = keyof typeof starts;
export const startNames = Object.keys(starts) as [StartName, ...StartName[]];
