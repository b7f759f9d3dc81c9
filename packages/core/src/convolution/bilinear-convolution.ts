import * as tf from '@tensorflow/tfjs-core';
import type { KernelCache } from './kernel-cache';

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
  const { batch, channels, filters, phases, outputs, ranks } = geometry;

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
  const { batch, channels, filters, phases, inputs, taps, ranks } = geometry;
  const outputs = geometry.outputs[0] * geometry.outputs[1];
  const direct = batch * outputs * kernelShape[0] * kernelShape[1] * channels * filters;
  const products = ranks * batch * phases * channels * filters;
  const ofInput = ranks * inputs[0] * inputs[1] * batch * phases * channels;
  const ofKernel = ranks * taps[0] * taps[1] * phases * channels * filters;
  const ofOutput = ranks * outputs * batch * filters;
  return { direct, bilinear: products + ofInput + ofKernel + ofOutput };
}

type Pair = readonly [number, number];

/** Sizes of the problem in polyphase form; pairs are [vertical, horizontal]. */
interface Geometry {
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  readonly image: Pair;
  readonly kernel: Pair;
  readonly strides: Pair;
  /** s x s */
  readonly phases: number;
  readonly outputs: Pair;
  /** Kernel size of one phase. */
  readonly taps: Pair;
  /** Image size of one phase, which is the size of the transform: nothing wraps around. */
  readonly inputs: Pair;
  readonly ranks: number;
}

function geometryOf(
  xShape: tf.Tensor4D['shape'],
  kernelShape: tf.Tensor4D['shape'],
  strides: Pair,
): Geometry {
  const [batch, height, width, channels] = xShape;
  const [kernelHeight, kernelWidth, , filters] = kernelShape;
  const along = (size: number, kernel: number, stride: number) => {
    const outputs = Math.floor((size - kernel) / stride) + 1;
    const taps = Math.ceil(kernel / stride);
    return { outputs, taps, inputs: outputs + taps - 1 };
  };
  const vertical = along(height, kernelHeight, strides[0]);
  const horizontal = along(width, kernelWidth, strides[1]);
  const inputs: Pair = [vertical.inputs, horizontal.inputs];
  const frequencies = inputs[0] * inputs[1];
  // A frequency is its own conjugate where each component is 0 or half the size.
  const selfConjugate = (inputs[0] % 2 === 0 ? 2 : 1) * (inputs[1] % 2 === 0 ? 2 : 1);
  return {
    batch,
    channels,
    filters,
    image: [height, width],
    kernel: [kernelHeight, kernelWidth],
    strides,
    phases: strides[0] * strides[1],
    outputs: [vertical.outputs, horizontal.outputs],
    taps: [vertical.taps, horizontal.taps],
    inputs,
    ranks: selfConjugate + (3 * (frequencies - selfConjugate)) / 2,
  };
}

/** [batch, height, width, channels] -> [positions, batch * phases * channels] */
function polyphase(x: tf.Tensor4D, { batch, channels, image, strides, inputs }: Geometry): tf.Tensor2D {
  const [rows, columns] = [inputs[0] * strides[0], inputs[1] * strides[1]];
  // Rows that no output needs are cut off; missing ones meet the zeros that pad the kernel.
  const needed = tf.slice(
    x,
    [0, 0, 0, 0],
    [batch, Math.min(rows, image[0]), Math.min(columns, image[1]), channels],
  );
  const whole = padEnd(needed, [batch, rows, columns, channels]);
  const split = tf.reshape(whole, [batch, inputs[0], strides[0], inputs[1], strides[1], channels]);
  return tf.reshape(tf.transpose(split, [1, 3, 0, 2, 4, 5]), [inputs[0] * inputs[1], -1]);
}

/** The transpose of {@link polyphase}. */
function fromPolyphase(dx: tf.Tensor, { batch, channels, image, strides, inputs }: Geometry): tf.Tensor {
  const split = tf.reshape(dx, [...inputs, batch, ...strides, channels]);
  const [rows, columns] = [inputs[0] * strides[0], inputs[1] * strides[1]];
  const whole = tf.reshape(tf.transpose(split, [2, 0, 3, 1, 4, 5]), [batch, rows, columns, channels]);
  const needed = tf.slice(
    whole,
    [0, 0, 0, 0],
    [batch, Math.min(rows, image[0]), Math.min(columns, image[1]), channels],
  );
  return padEnd(needed, [batch, ...image, channels]);
}

/** [height, width, channels, filters] -> [taps, phases * channels * filters] */
function polyphaseKernel(kernel: tf.Tensor4D, { channels, filters, strides, taps }: Geometry): tf.Tensor2D {
  const whole = padEnd(kernel, [taps[0] * strides[0], taps[1] * strides[1], channels, filters]);
  const split = tf.reshape(whole, [taps[0], strides[0], taps[1], strides[1], channels, filters]);
  return tf.reshape(tf.transpose(split, [0, 2, 1, 3, 4, 5]), [taps[0] * taps[1], -1]);
}

/** The transpose of {@link polyphaseKernel}. */
function fromPolyphaseKernel(
  dw: tf.Tensor,
  { channels, filters, strides, taps, kernel }: Geometry,
): tf.Tensor {
  const split = tf.transpose(tf.reshape(dw, [...taps, ...strides, channels, filters]), [0, 2, 1, 3, 4, 5]);
  const whole = tf.reshape(split, [taps[0] * strides[0], taps[1] * strides[1], channels, filters]);
  return tf.slice(whole, [0, 0, 0, 0], [...kernel, channels, filters]);
}

function padEnd(x: tf.Tensor, shape: number[]): tf.Tensor {
  return x.shape.every((size, axis) => size === shape[axis])
    ? x
    : tf.pad(
        x,
        x.shape.map((size, axis) => [0, shape[axis]! - size] as [number, number]),
      );
}

interface Transforms {
  /** [R, inputs] */
  readonly a: () => tf.Tensor2D;
  /** [R, taps] */
  readonly b: () => tf.Tensor2D;
  /** [outputs, R] */
  readonly s: () => tf.Tensor2D;
}

/** What the constant matrices depend on. */
function sizesOf({ inputs, taps, outputs }: Geometry): string {
  return [inputs, taps, outputs].join();
}

const transformsBySize = new Map<string, Transforms>();

/** The three constant matrices. They depend on the sizes alone and are small, so they are computed once. */
function transformsOf(geometry: Geometry): Transforms {
  const key = sizesOf(geometry);
  const known = transformsBySize.get(key);
  if (known) return known;
  const made = makeTransforms(geometry);
  transformsBySize.set(key, made);
  return made;
}

function makeTransforms({ inputs, taps, outputs, ranks }: Geometry): Transforms {
  const [height, width] = inputs;
  const a: number[] = [];
  const b: number[] = [];
  const columnsOfS: number[] = []; // [R, outputs], transposed below
  for (let f = 0; f < height; f++) {
    for (let g = 0; g < width; g++) {
      const [conjugateF, conjugateG] = [(height - f) % height, (width - g) % width];
      const isSelfConjugate = f === conjugateF && g === conjugateG;
      // Of a conjugate pair the first one met stands for both.
      if (!isSelfConjugate && (conjugateF < f || (conjugateF === f && conjugateG < g))) continue;

      // The angle of frequency (f, g) at each place of a grid; whole turns are taken off before rounding matters.
      const angles = ([rows, columns]: Pair) =>
        Array.from({ length: rows * columns }, (_, place) => {
          const [row, column] = [Math.floor(place / columns), place % columns];
          return 2 * Math.PI * (((f * row) % height) / height + ((g * column) % width) / width);
        });
      const x = angles(inputs);
      const w = angles(taps);
      const y = angles(outputs);
      const { cos, sin } = Math;
      if (isSelfConjugate) {
        a.push(...x.map(cos));
        b.push(...w.map(cos));
        columnsOfS.push(...y.map(angle => cos(angle) / (height * width)));
      } else {
        // X = sum x e^-i, and conj(W) = sum w e^+i: their real parts, imaginary parts, and the sums of both.
        a.push(...x.map(cos), ...x.map(angle => -sin(angle)), ...x.map(angle => cos(angle) - sin(angle)));
        b.push(...w.map(cos), ...w.map(sin), ...w.map(angle => cos(angle) + sin(angle)));
        // Re Y = m1 - m2 and Im Y = m3 - m1 - m2 enter as 2 (Re Y cos - Im Y sin), for the pair.
        const scale = 2 / (height * width);
        columnsOfS.push(
          ...y.map(angle => scale * (cos(angle) + sin(angle))),
          ...y.map(angle => scale * (sin(angle) - cos(angle))),
          ...y.map(angle => scale * -sin(angle)),
        );
      }
    }
  }
  const count = outputs[0] * outputs[1];
  const s = new Float32Array(count * ranks);
  for (let rank = 0; rank < ranks; rank++) {
    for (let output = 0; output < count; output++)
      s[output * ranks + rank] = columnsOfS[rank * count + output]!;
  }
  const matrix = (data: Float32Array, rows: number) => () => tf.tensor2d(data, [rows, data.length / rows]);
  return {
    a: matrix(Float32Array.from(a), ranks),
    b: matrix(Float32Array.from(b), ranks),
    s: matrix(s, count),
  };
}
