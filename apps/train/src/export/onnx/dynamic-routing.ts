import * as tf from '@tensorflow/tfjs-core';
import type { Graph, Value } from './graph';
import type { RoutingGraph } from './routing-graph';
import { squashes } from './squashes';
import { asColumns, asRows, votesOf } from './votes';

/** Procedure 1 of the paper. Logits and couplings lie as [batch, out, 1, in], capsules as [batch, out, 1, outDim]. */
export const dynamicRouting: RoutingGraph<'dynamic'> = (graph, { poses }, { name, weights, settings }) => {
  const kernel = weights('kernel');
  const [children, parents, , outDim] = kernel.shape as [number, number, number, number];
  const votes = votesOf(graph, poses, `${name}/kernel`, kernel);
  const bias = settings.useBias ? tf.reshape(weights('bias'), [parents, 1, outDim]) : undefined;
  const axis = settings.over === 'out' ? 1 : 3;

  let logits: Value | undefined;
  for (let iteration = 1; ; iteration++) {
    // Before the first iteration all logits are 0.
    const sum = logits
      ? graph.matMul(normalised(graph, logits, axis, settings.coupling), votes)
      : graph.multiply(graph.sum(votes, 2), firstCoupling(settings, children, parents));
    const biased = bias ? graph.add(sum, graph.weight(`${name}/bias`, bias)) : sum;
    const capsules = squashes.paper(graph, biased, 3);
    if (iteration === settings.iterations) return { poses: graph.reshape(capsules, [-1, parents, outDim]) };
    const agreement = graph.matMul(votes, asColumns(graph, capsules, parents, outDim));
    const agreements = asRows(graph, agreement, parents, children);
    logits = logits ? graph.add(logits, agreements) : agreements;
  }
};

type Settings = Parameters<typeof dynamicRouting>[2]['settings'];

function firstCoupling({ coupling, over }: Settings, children: number, parents: number): number {
  if (coupling === 'max-min') return 1;
  return 1 / (over === 'out' ? parents : children);
}

function normalised(graph: Graph, logits: Value, axis: number, coupling: Settings['coupling']): Value {
  if (coupling === 'softmax') return graph.node('Softmax', [logits], { axis });
  const least = graph.min(logits, axis);
  const range = graph.subtract(graph.max(logits, axis), least);
  // Where all are equal, every coupling is 1.
  const isEven = graph.node('Equal', [range, graph.number(0)]);
  const divisor = graph.node('Where', [isEven, graph.number(1), range]);
  const scaled = graph.divide(graph.subtract(logits, least), divisor);
  return graph.node('Where', [isEven, graph.number(1), scaled]);
}
