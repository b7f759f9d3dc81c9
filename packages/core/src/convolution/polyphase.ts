import * as tf from '@tensorflow/tfjs-core';
import type { Pair } from './along-axes';

/** Sizes of the problem in polyphase form; pairs are [vertical, horizontal]. */
export interface Geometry {
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
}

export function geometryOf(
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
  };
}

/** [batch, height, width, channels] -> [positions, batch * phases * channels] */
export function polyphase(
  x: tf.Tensor4D,
  { batch, channels, image, strides, inputs }: Geometry,
): tf.Tensor2D {
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
export function fromPolyphase(
  dx: tf.Tensor,
  { batch, channels, image, strides, inputs }: Geometry,
): tf.Tensor {
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
export function polyphaseKernel(
  kernel: tf.Tensor4D,
  { channels, filters, strides, taps }: Geometry,
): tf.Tensor2D {
  const whole = padEnd(kernel, [taps[0] * strides[0], taps[1] * strides[1], channels, filters]);
  const split = tf.reshape(whole, [taps[0], strides[0], taps[1], strides[1], channels, filters]);
  return tf.reshape(tf.transpose(split, [0, 2, 1, 3, 4, 5]), [taps[0] * taps[1], -1]);
}

/** The transpose of {@link polyphaseKernel}. */
export function fromPolyphaseKernel(
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
