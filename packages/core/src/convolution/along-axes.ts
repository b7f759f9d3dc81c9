import * as tf from '@tensorflow/tfjs-core';
import type { Matrix } from './real-products';

/** [vertical, horizontal] */
export type Pair<T = number> = readonly [T, T];

/**
 * A matrix along each of two axes, one after the other, which is a Kronecker product of both that is never formed.
 *
 * @param matrices [rows, columns] each
 * @param x        [columns, columns, ...], in any shape
 * @returns [rows * rows, rest]
 */
export function alongAxes([first, second]: Pair<Matrix>, x: tf.Tensor): tf.Tensor2D {
  return along([first.rows, second.rows], [first.columns, second.columns], x, [first, second], false);
}

/** The transpose of {@link alongAxes}: [rows, rows, ...] -> [columns * columns, rest]. */
export function alongAxesTransposed([first, second]: Pair<Matrix>, x: tf.Tensor): tf.Tensor2D {
  return along([first.columns, second.columns], [first.rows, second.rows], x, [first, second], true);
}

function along(to: Pair, from: Pair, x: tf.Tensor, [first, second]: Pair<Matrix>, transpose: boolean) {
  return tf.tidy(() => {
    const rest = x.size / (from[0] * from[1]);
    const vertical = (x: tf.Tensor, width: number) => {
      return tf.matMul(tensor(first), tf.reshape(x, [from[0], width * rest]), transpose);
    };
    // The horizontal axis lies between two others, so it takes a product for each row.
    const horizontal = (x: tf.Tensor, height: number) => {
      const matrix = tf.expandDims(tensor(second), 0);
      return tf.matMul(matrix, tf.reshape(x, [height, from[1], rest]), transpose);
    };
    const both = isVerticalFirst(to, from)
      ? horizontal(vertical(x, from[1]), to[0])
      : vertical(horizontal(x, from[0]), to[1]);
    return tf.reshape(both, [to[0] * to[1], rest]) as tf.Tensor2D;
  });
}

/** Multiplications of {@link alongAxes} or its transpose for each number of the rest. */
export function multiplicationsAlongAxes(to: Pair, from: Pair): number {
  const [verticalFirst, horizontalFirst] = costs(to, from);
  return Math.min(verticalFirst, horizontalFirst);
}

function isVerticalFirst(to: Pair, from: Pair): boolean {
  const [verticalFirst, horizontalFirst] = costs(to, from);
  return verticalFirst <= horizontalFirst;
}

function costs(to: Pair, from: Pair): Pair {
  return [to[0] * from[1] * (from[0] + to[1]), from[0] * to[1] * (from[1] + to[0])];
}

function tensor({ data, rows, columns }: Matrix): tf.Tensor2D {
  return tf.tensor2d(data, [rows, columns]);
}
