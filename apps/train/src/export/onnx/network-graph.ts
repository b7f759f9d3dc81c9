import type { AnyNetwork } from '@capsnet/core';
import type { Graph, Output, Value } from './graph';

/** What a kind of network is as operators: from images [batch, height, width, channels] in 0..1 to what comes out. */
export type NetworkGraph<Network extends AnyNetwork> = (
  graph: Graph,
  images: Value,
  network: Network,
) => readonly Output[];

/** Images as a network's first layer sees them, channels first, as ONNX has convolutions: [batch, channels, height, width]. */
export function normalisedImages(
  graph: Graph,
  images: Value,
  { mean, standardDeviation }: AnyNetwork['config']['image'],
): Value {
  let x = images;
  if (mean !== 0 || standardDeviation !== 1) {
    x = graph.multiply(x, 1 / standardDeviation);
    x = graph.add(x, -mean / standardDeviation);
  }
  return graph.transpose(x, [0, 3, 1, 2]);
}
