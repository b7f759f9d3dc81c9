import * as tf from '@tensorflow/tfjs-core';
import { componentsOf } from './axis-transform';
import type { KernelCache } from './kernel-cache';
import { planeTransform, rankCount } from './plane-transform';
import {
  fromPolyphase,
  fromPolyphaseKernel,
  type Geometry,
  geometryOf,
  polyphase,
  polyphaseKernel,
} from './polyphase';

/**
 * A strided valid convolution as a bilinear form.
 *
 * At stride s it is a convolution of stride 1 on the s x s polyphase components, which become channels. That one is a
 * product in the frequency domain, one of real numbers at the self-conjugate frequencies and, where it is complex,
 * three real ones by $(a + ib)(p + iq) = ap - bq + i\,((a + b)(p + q) - ap - bq)$. Transforms and recombination are
 * linear, so three constant matrices hold them, with R ranks in all:
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
  const transforms = transformsOf(geometry);
  const { batch, channels, filters, phases, outputs } = geometry;
  const { ranks } = transforms;

  return tf.customGrad((...args) => {
    const [x, kernel, save] = args as unknown as [tf.Tensor4D, tf.Tensor4D, tf.GradSaveFunc];
    const value = tf.tidy(() => {
      // Each in a tidy of its own: all that is left behind is large.
      const atRanks = tf.tidy(() => {
        const ax = tf.matMul(transforms.a(), polyphase(x, geometry)); // [R, batch * phases * channels]
        return tf.reshape(ax, [ranks, batch, phases * channels]);
      });
      const transformKernel = () => {
        const bw = tf.matMul(transforms.b(), polyphaseKernel(kernel, geometry)); // [R, phases * channels * filters]
        return tf.reshape(bw, [ranks, phases * channels, filters]);
      };
      const kernelAtRanks = cache
        ? cache.of(kernel, sizesOf(geometry), transformKernel)
        : tf.tidy(transformKernel);
      save([atRanks, kernelAtRanks]);
      const products = tf.matMul(atRanks, kernelAtRanks); // [R, batch, filters]
      const y = tf.matMul(transforms.s(), tf.reshape(products, [ranks, batch * filters])); // [outputs, batch * filters]
      return tf.transpose(tf.reshape(y, [...outputs, batch, filters]), [2, 0, 1, 3]);
    });
    return { value, gradFunc: gradient };
  })(x, kernel) as tf.Tensor4D;

  function gradient(dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] {
    return tf.tidy(() => {
      const [atRanks, kernelAtRanks] = saved as [tf.Tensor3D, tf.Tensor3D];
      const rows = tf.reshape(tf.transpose(dy, [1, 2, 0, 3]), [outputs[0] * outputs[1], batch * filters]);
      const sdy = tf.reshape(tf.matMul(transforms.s(), rows, true), [ranks, batch, filters]);
      const dx = tf.tidy(() => {
        const dax = tf.matMul(sdy, kernelAtRanks, false, true); // [R, batch, phases * channels]
        const dx = tf.matMul(transforms.a(), tf.reshape(dax, [ranks, batch * phases * channels]), true);
        return fromPolyphase(dx, geometry);
      });
      const dw = tf.tidy(() => {
        const dbw = tf.matMul(atRanks, sdy, true); // [R, phases * channels, filters]
        const dw = tf.matMul(transforms.b(), tf.reshape(dbw, [ranks, phases * channels * filters]), true);
        return fromPolyphaseKernel(dw, geometry);
      });
      return [dx, dw];
    });
  }
}

/** Multiplications of one forward pass, transforms included. Each gradient takes as many. */
export function multiplications(
  xShape: tf.Tensor4D['shape'],
  kernelShape: tf.Tensor4D['shape'],
  strides: readonly [number, number],
): { direct: number; bilinear: number } {
  const geometry = geometryOf(xShape, kernelShape, strides);
  const { batch, channels, filters, phases, inputs, taps } = geometry;
  const ranks = ranksOf(geometry);
  const outputs = geometry.outputs[0] * geometry.outputs[1];
  const direct = batch * outputs * kernelShape[0] * kernelShape[1] * channels * filters;
  const products = ranks * batch * phases * channels * filters;
  const ofInput = ranks * inputs[0] * inputs[1] * batch * phases * channels;
  const ofKernel = ranks * taps[0] * taps[1] * phases * channels * filters;
  const ofOutput = ranks * outputs * batch * filters;
  return { direct, bilinear: products + ofInput + ofKernel + ofOutput };
}

interface Transforms {
  readonly ranks: number;
  /** [R, inputs] */
  readonly a: () => tf.Tensor2D;
  /** [R, taps] */
  readonly b: () => tf.Tensor2D;
  /** [outputs, R] */
  readonly s: () => tf.Tensor2D;
}

/** What the constant matrices depend on. */
function sizesOf({ taps, outputs }: Geometry): string {
  return [taps, outputs].join();
}

const transformsBySize = new Map<string, Transforms>();

/** The three constant matrices. They depend on the sizes alone and are small, so they are computed once. */
function transformsOf(geometry: Geometry): Transforms {
  const key = sizesOf(geometry);
  const known = transformsBySize.get(key);
  if (known) return known;
  const { a, b, s } = planeTransform(geometry.outputs, geometry.taps);
  const ranks = ranksOf(geometry);
  const matrix = (data: Float32Array, rows: number) => () => tf.tensor2d(data, [rows, data.length / rows]);
  const made = { ranks, a: matrix(a, ranks), b: matrix(b, ranks), s: matrix(s, s.length / ranks) };
  transformsBySize.set(key, made);
  return made;
}

function ranksOf({ outputs, taps }: Geometry): number {
  return rankCount(componentsOf(outputs[0], taps[0]), componentsOf(outputs[1], taps[1]));
}
