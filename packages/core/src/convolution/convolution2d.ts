import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { bilinearConvolution, multiplications } from './bilinear-convolution';
import {
  bilinearConvolutionByKernel,
  bilinearKernelsPay,
  hasBilinearKernels,
} from './bilinear-convolution-by-kernel';
import type { KernelCache } from './kernel-cache';

export interface Convolution2DOptions {
  /**
   * `'direct'`: the backend's own convolution (wrong on the native backend if the strides differ). `'bilinear'`: the same sums by
   * interpolation, with fewer multiplications for large kernels over many channels. Default `'auto'`: whichever should be faster here.
   */
  readonly method?: 'auto' | 'direct' | 'bilinear';
  /** For inference, where one kernel meets many batches: keeps the kernel's transform, if one is needed. Default none. */
  readonly cache?: KernelCache | undefined;
}

/**
 * How much longer a multiplication of the bilinear form takes than one of the direct convolution, in its products and in its
 * transforms, which are bound by memory; by tfjs backend name. Fitted to the times of value and gradients of twenty
 * convolutions, the paper's second in batches of 8 to 128 among them; on native between what AVX-512 takes and what is left
 * where oneDNN is held to AVX2. Backends that were not measured use the direct one.
 */
const bilinearCost: Readonly<Record<string, { readonly products: number; readonly transforms: number }>> = {
  tensorflow: { products: 1.3, transforms: 3 },
  wasm: { products: 1.2, transforms: 1.5 },
};

/**
 * A valid two-dimensional convolution (cross-correlation, as everywhere in deep learning), differentiable.
 *
 * @param x       [batch, height, width, channels]
 * @param kernel  [height, width, channels, filters]
 * @param strides one number, or [vertical, horizontal]
 * @returns [batch, (height - kernelHeight) / stride + 1, (width - kernelWidth) / stride + 1, filters], rounded down
 * @throws if ranks, channels or sizes do not fit each other
 */
export function convolution2d(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  strides: number | readonly [number, number] = 1,
  options: Convolution2DOptions = {},
): tf.Tensor4D {
  expectKnownOptions('convolution2d', options, ['method', 'cache']);
  const { method = 'auto', cache } = options;
  const steps: readonly [number, number] = typeof strides === 'number' ? [strides, strides] : strides;
  check(x, kernel, steps);
  const bilinear =
    method === 'bilinear' ||
    (method === 'auto' && prefersBilinear(x.shape, kernel.shape, steps, cache !== undefined));
  if (!bilinear) return tf.conv2d(x, kernel, [...steps], 'valid');
  const convolve = hasBilinearKernels() ? bilinearConvolutionByKernel : bilinearConvolution;
  return convolve(x, kernel, steps, cache);
}

function prefersBilinear(
  xShape: tf.Tensor4D['shape'],
  kernelShape: tf.Tensor4D['shape'],
  strides: readonly [number, number],
  isKept: boolean,
): boolean {
  // libtensorflow's convolution gives wrong values on a CPU where the strides differ (seen in 2.18).
  if (tf.getBackend() === 'tensorflow' && strides[0] !== strides[1]) return true;
  if (hasBilinearKernels()) return bilinearKernelsPay(xShape, kernelShape, strides, isKept);
  const cost = bilinearCost[tf.getBackend()];
  if (cost === undefined) return false;
  const { direct, products, transforms } = multiplications(xShape, kernelShape, strides);
  return cost.products * products + cost.transforms * transforms < direct;
}

function check(x: tf.Tensor4D, kernel: tf.Tensor4D, strides: readonly [number, number]): void {
  if (x.rank !== 4 || kernel.rank !== 4) {
    throw new CapsnetError(
      'invalid-tensor',
      `convolution2d: expected x [batch, height, width, channels] and kernel [height, width, channels, filters], ` +
        `found [${x.shape}] and [${kernel.shape}]`,
    );
  }
  if (x.shape[3] !== kernel.shape[2]) {
    throw new CapsnetError(
      'invalid-tensor',
      `convolution2d: expected a kernel of ${x.shape[3]} channels for x [${x.shape}], found [${kernel.shape}]`,
    );
  }
  if (x.shape[1] < kernel.shape[0] || x.shape[2] < kernel.shape[1]) {
    throw new CapsnetError(
      'invalid-tensor',
      `convolution2d: expected x at least as large as the kernel [${kernel.shape}], found [${x.shape}]`,
    );
  }
  if (!strides.every(stride => Number.isSafeInteger(stride) && stride >= 1)) {
    throw new CapsnetError(
      'invalid-argument',
      `convolution2d: expected strides to be integers from 1, found ${strides}`,
    );
  }
}
