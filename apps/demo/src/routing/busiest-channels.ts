import type { RoutingView } from '../network/worker/routing-view';

/**
 * The channels whose capsules added most to the winner, at all positions together; in the network's order, so that a channel
 * keeps its place among them.
 */
export function busiestChannels(
  { contributions, grid: { channels } }: Pick<RoutingView, 'contributions' | 'grid'>,
  count: number,
): number[] {
  const added = new Float64Array(channels);
  contributions.forEach((contribution, capsule) => {
    added[capsule % channels]! += contribution;
  });
  return [...added.keys()]
    .sort((a, b) => added[b]! - added[a]!)
    .slice(0, count)
    .sort((a, b) => a - b);
}
