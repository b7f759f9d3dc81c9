import * as tf from '@tensorflow/tfjs-core';

/** A stack of matrices [..., rows, columns], to be read transposed or as they lie in memory. */
export interface Operand {
  readonly x: tf.Tensor;
  readonly transpose: boolean;
}

/** Rows and columns, as read. */
export function sizes({ x, transpose }: Operand): [number, number] {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  return transpose ? [columns, rows] : [rows, columns];
}

export function batchOf({ x }: Operand): number[] {
  return x.shape.slice(0, -2);
}

/** For each matrix of the result, in order, the index of the operand's matrix. */
export function broadcastIndices(from: number[], to: number[]): number[] {
  const padded = [...new Array<number>(to.length - from.length).fill(1), ...from];
  let stride = tf.util.sizeFromShape(from);
  let indices = [0];
  for (const [axis, size] of to.entries()) {
    stride /= padded[axis]!;
    const step = padded[axis] === 1 ? 0 : stride;
    indices = indices.flatMap(index => Array.from({ length: size }, (_, i) => index + i * step));
  }
  return indices;
}
