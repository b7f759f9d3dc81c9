import * as tf from '@tensorflow/tfjs-core';

/** A reference tensor, whole, in C order. */
export interface Golden {
  readonly shape: number[];
  readonly data: number[];
}

/** A larger one: its norm, and some of its values. */
export interface GoldenSample {
  readonly shape: number[];
  readonly norm: number;
  readonly indices: number[];
  readonly values: number[];
}

export function read({ shape, data }: Golden): tf.Tensor {
  return tf.tensor(data, shape, 'float32');
}

/** Float32 rounding of a plain implementation stays below a sixth of these; a wrong epsilon does not. */
export const ofValues = { relative: 3e-5 };
export const ofGradients = { relative: 1e-4 };
