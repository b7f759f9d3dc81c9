import * as tf from '@tensorflow/tfjs-core';
import { alongAxes, alongAxesTransposed, multiplicationsAlongAxes, type Pair } from './along-axes';
import { axisTransform, componentsOf } from './axis-transform';
import type { KernelCache } from './kernel-cache';
import {
  fromPolyphase,
  fromPolyphaseKernel,
  type Geometry,
  geometryOf,
  polyphase,
  polyphaseKernel,
} from './polyphase';
import { productCount, type RealProducts, realProducts } from './real-products';

/**
 * A strided valid convolution as a bilinear form.
 *
 * At stride s it is a convolution of stride 1 on the s x s polyphase components, which become channels. Along one axis that
 * one is a product at each point of a line, and so in the plane at each pair of points: A, B and S are the matrices of
 * one axis, applied along both. With R ranks, the products of the one axis times those of the other,
 *
 * $$ y = S\,[\,(A x) \cdot (B w)\,] $$
 *
 * where $\cdot$ is a product over channels at each rank, one batched matMul. Being bilinear, its gradients are the same
 * matrices transposed:
 *
 * $$ dx = A^T [ (S^T dy) \cdot (B w)^T ] \qquad dw = B^T [ (A x)^T \cdot (S^T dy) ] $$
 *
 * @param x       [batch, height, width, channels]
 * @param kernel  [height, width, channels, filters]
 * @param strides [vertical, horizontal]
 * @param cache   keeps $B w$ for the next call
 */
export function bilinearConvolution(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  strides: readonly [number, number],
  cache?: KernelCache,
): tf.Tensor4D {
  const geometry = geometryOf(x.shape, kernel.shape, strides);
  const { batch, channels, filters, phases, outputs } = geometry;
  const { a, b, s, ranks } = transformsOf(geometry);

  return tf.customGrad((...args) => {
    const [x, kernel, save] = args as unknown as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    const value = tf.tidy(() => {
      // Each in a tidy of its own: all that is left behind is large.
      const atRanks = tf.tidy(() =>
        tf.reshape(alongAxes(a, polyphase(x, geometry)), [ranks, batch, phases * channels]),
      );
      const transformKernel = () =>
        tf.reshape(alongAxes(b, polyphaseKernel(kernel, geometry)), [ranks, phases * channels, filters]);
      const kernelAtRanks = cache
        ? cache.of(kernel, sizesOf(geometry), transformKernel)
        : tf.tidy(transformKernel);
      save([atRanks, kernelAtRanks]);
      const products = tf.matMul(atRanks, kernelAtRanks); // [R, batch, filters]
      const y = alongAxes(s, products); // [outputs, batch * filters]
      return tf.transpose(tf.reshape(y, [...outputs, batch, filters]), [2, 0, 1, 3]);
    });
    return { value, gradFunc: gradient };
  })(x, kernel) as tf.Tensor4D;

  function gradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
    return tf.tidy(() => {
      const [atRanks, kernelAtRanks] = saved as [tf.Tensor3D, tf.Tensor3D];
      const sdy = tf.tidy(() =>
        tf.reshape(alongAxesTransposed(s, tf.transpose(dy, [1, 2, 0, 3])), [ranks, batch, filters]),
      );
      const dx = tf.tidy(() => {
        const dax = tf.matMul(sdy, kernelAtRanks, false, true); // [R, batch, phases * channels]
        return fromPolyphase(alongAxesTransposed(a, dax), geometry);
      });
      const dw = tf.tidy(() => {
        const dbw = tf.matMul(atRanks, sdy, true); // [R, phases * channels, filters]
        return fromPolyphaseKernel(alongAxesTransposed(b, dbw), geometry);
      });
      return [dx, dw];
    });
  }
}

/** Multiplications of one forward pass. Value and gradients together take three times the products, twice the transforms. */
export interface Multiplications {
  /** Of the convolution as it is defined. */
  readonly direct: number;
  /** Of the bilinear form, at the ranks. */
  readonly products: number;
  /** Of its transforms: of x, of the kernel, and back. */
  readonly transforms: number;
}

export function multiplications(
  xShape: tf.Tensor4D['shape'],
  kernelShape: tf.Tensor4D['shape'],
  strides: readonly [number, number],
): Multiplications {
  const geometry = geometryOf(xShape, kernelShape, strides);
  const { batch, channels, filters, phases, inputs, taps, outputs } = geometry;
  const along = axes(axis => productCount(componentsOf(outputs[axis], taps[axis])));
  const direct = batch * outputs[0] * outputs[1] * kernelShape[0] * kernelShape[1] * channels * filters;
  const products = along[0] * along[1] * batch * phases * channels * filters;
  const ofInput = multiplicationsAlongAxes(along, inputs) * batch * phases * channels;
  const ofKernel = multiplicationsAlongAxes(along, taps) * phases * channels * filters;
  const ofOutput = multiplicationsAlongAxes(outputs, along) * batch * filters;
  return { direct, products, transforms: ofInput + ofKernel + ofOutput };
}

/** The matrices of the vertical and of the horizontal axis. */
interface Transforms {
  /** [products, inputs] each */
  readonly a: Pair<RealProducts['a']>;
  /** [products, taps] each */
  readonly b: Pair<RealProducts['b']>;
  /** [outputs, products] each */
  readonly s: Pair<RealProducts['s']>;
  /** R, the products of both axes multiplied */
  readonly ranks: number;
}

/** What the constant matrices depend on. */
function sizesOf({ taps, outputs }: Geometry): string {
  return [taps, outputs].join();
}

const transformsBySize = new Map<string, Transforms>();

/** The constant matrices. They depend on the sizes alone and are small, so they are computed once. */
function transformsOf(geometry: Geometry): Transforms {
  const key = sizesOf(geometry);
  const known = transformsBySize.get(key);
  if (known) return known;
  const { outputs, taps } = geometry;
  const [vertical, horizontal] = axes(axis => realProducts(axisTransform(outputs[axis], taps[axis])));
  const made: Transforms = {
    a: [vertical.a, horizontal.a],
    b: [vertical.b, horizontal.b],
    s: [vertical.s, horizontal.s],
    ranks: vertical.a.rows * horizontal.a.rows,
  };
  transformsBySize.set(key, made);
  return made;
}

function axes<T>(of: (axis: 0 | 1) => T): Pair<T> {
  return [of(0), of(1)];
}
