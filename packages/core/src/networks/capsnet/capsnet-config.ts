import type { MarginLossOptions } from '../../losses/margin-loss';

/**
 * A capsule network, as data. Every part of the paper's network, of labml's variant and of Efficient-CapsNet is an option
 * here; nothing is tied to MNIST: image size, channels, classes, capsule sizes and iterations are free.
 */
export interface CapsNetConfig {
  readonly image: {
    readonly height: number;
    readonly width: number;
    readonly channels: number;
    /** Images in 0..1 become `(x - mean) / deviation` before the network sees them. Paper: 0 and 1. */
    readonly mean: number;
    readonly deviation: number;
  };
  readonly classes: number;
  /** Ordinary ReLU convolutions (valid padding) before the primary capsules. Paper: one, 256 filters 9x9 at stride 1. */
  readonly convolutions: readonly {
    readonly filters: number;
    readonly kernel: number;
    readonly stride: number;
    /** Whether batch normalisation follows the ReLU, as in Efficient-CapsNet. Default false. */
    readonly batchNorm?: boolean;
  }[];
  /** The convolution whose channels are read as capsules. Paper: 32 channels of 8-D capsules, 9x9 at stride 2. */
  readonly primary: {
    readonly channels: number;
    readonly dim: number;
    readonly kernel: number;
    readonly stride: number;
    /** Factor of the convolution before its bias. Paper: 1; the authors' code: 1/32. */
    readonly gain: number;
    /**
     * Whether each of the channels * dim features sees its own one of as many channels below, as in Efficient-CapsNet, or
     * all of them. Default false: all.
     */
    readonly depthwise?: boolean;
    /** The paper's squash (default), or Efficient-CapsNet's, `exponentialSquash`. */
    readonly squash?: 'paper' | 'exponential';
    /** Which formulation of the convolution runs, see `convolution2d`. Default `'auto'`. */
    readonly method?: 'auto' | 'direct' | 'bilinear';
  };
  /** Routed capsule layers between the primary and the class capsules, for stacked routing. Paper: none. */
  readonly hidden: readonly { readonly capsules: number; readonly dim: number }[];
  /** Size of a class capsule. Paper: 16. */
  readonly classDim: number;
  readonly routing: {
    /**
     * `'dynamic'` (default, the paper), or Efficient-CapsNet's `'self-attention'`: one pass, to which `iterations`,
     * `softmaxOver`, `gradient` and `method` mean nothing.
     */
    readonly type?: 'dynamic' | 'self-attention';
    /** Paper: 3. */
    readonly iterations: number;
    /** `'out'`: over the parents, as in the paper. `'in'`: over the children, as in labml. */
    readonly softmaxOver: 'out' | 'in';
    /** `'full'`: through every iteration. `'last'`: the couplings are constants. */
    readonly gradient: 'full' | 'last';
    /**
     * A trained bias. Dynamic routing: [out, outDim], .1 at the start, added to s in every iteration, as in the authors'
     * code. Self-attention: [in, out], 0 at the start, added to the couplings.
     */
    readonly bias: boolean;
    /** Which formulation of routing runs, see `dynamicRouting`. Default `'auto'`. */
    readonly method?: 'auto' | 'plain' | 'fast';
  };
  /** `null` for a network without reconstruction. */
  readonly decoder: {
    /** ReLU layers before the sigmoid one. Paper: 512 and 1024. */
    readonly hidden: readonly number[];
    /** Which capsule the decoder sees in training: the label's (paper) or the longest (labml). */
    readonly maskBy: 'label' | 'prediction';
    /** Factor of the reconstruction loss. Paper: .0005. */
    readonly weight: number;
    /** Squared errors are summed over each image (paper) or averaged over it (labml). */
    readonly reduction: 'sum' | 'mean';
    /** Whether the target is the image in 0..1 (paper) or the normalised one that the network sees (labml). */
    readonly target: 'image' | 'normalised';
  } | null;
  readonly margin: Required<MarginLossOptions>;
  readonly initializer: {
    /**
     * Kernels of the convolutions: `'fanIn'`, uniform within 1/sqrt(fan-in), PyTorch's default, and biases 0;
     * `'authors'`, truncated normal .05 (first) and .1, and biases .1; or `'heNormal'`, Keras' he_normal, a depthwise
     * kernel being Keras' default, glorot_uniform, and biases 0, as in Efficient-CapsNet's code. The decoder is `'fanIn'`
     * with the first two, and he_normal with a glorot_normal last layer with the third.
     */
    readonly convolution: 'fanIn' | 'authors' | 'heNormal';
    /** Routing weights: truncated normal of this standard deviation, or labml's standard normal. */
    readonly routing: { readonly distribution: 'truncatedNormal' | 'normal'; readonly deviation: number };
  };
  /** Seed of the initial weights: an integer from 0. */
  readonly seed: number;
}
