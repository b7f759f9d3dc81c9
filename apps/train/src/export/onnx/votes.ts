import * as tf from '@tensorflow/tfjs-core';
import type { Graph, Value } from './graph';

/**
 * The votes of poses [batch, in, inDim] by a kernel [in, out, inDim, outDim], a product for each child: [batch, out, in, outDim].
 * Sums over the children of a parent, and products with it, then are products of matrices.
 */
export function votesOf(graph: Graph, poses: Value, name: string, kernel: tf.Tensor): Value {
  const [children, parents, inDim, outDim] = kernel.shape as [number, number, number, number];
  const matrices = tf.reshape(tf.transpose(kernel, [0, 2, 1, 3]), [children, inDim, parents * outDim]);
  const byChild = graph.matMul(graph.transpose(poses, [1, 0, 2]), graph.weight(name, matrices)); // [in, batch, out * outDim]
  return graph.transpose(graph.reshape(byChild, [children, -1, parents, outDim]), [1, 2, 0, 3]);
}

/** Row vectors [batch, out, 1, n] as columns [batch, out, n, 1], and back. */
export const asColumns = (graph: Graph, x: Value, parents: number, n: number) =>
  graph.reshape(x, [-1, parents, n, 1]);
export const asRows = (graph: Graph, x: Value, parents: number, n: number) =>
  graph.reshape(x, [-1, parents, 1, n]);
