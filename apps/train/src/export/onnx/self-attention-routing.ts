import * as tf from '@tensorflow/tfjs-core';
import type { RoutingGraph } from './routing-graph';
import { squashes } from './squashes';
import { asColumns, asRows, votesOf } from './votes';

/** Self-attention routing of Efficient-CapsNet: one pass, couplings by the agreement of a vote with the sum of all. */
export const selfAttentionRouting: RoutingGraph<'self-attention'> = (
  graph,
  { poses },
  { name, weights, settings },
) => {
  const kernel = weights('kernel');
  const [children, parents, , outDim] = kernel.shape as [number, number, number, number];
  const votes = votesOf(graph, poses, `${name}/kernel`, kernel); // [batch, out, in, outDim]
  const total = graph.divide(graph.sum(votes, 2), Math.sqrt(outDim)); // [batch, out, 1, outDim]
  const agreement = graph.matMul(votes, asColumns(graph, total, parents, outDim)); // [batch, out, in, 1]
  let couplings = graph.node('Softmax', [asRows(graph, agreement, parents, children)], { axis: 1 });
  if (settings.useBias) {
    const bias = tf.reshape(tf.transpose(weights('bias')), [parents, 1, children]);
    couplings = graph.add(couplings, graph.weight(`${name}/bias`, bias));
  }
  const capsules = squashes.exponential(graph, graph.matMul(couplings, votes), 3);
  return { poses: graph.reshape(capsules, [-1, parents, outDim]) };
};
