/** Steps between the checkpoints of a small network. */
const shortest = 25;

/**
 * How many steps there are between two checkpoints: the more, the larger the network is, so that no network spends more
 * than some 400 KB a step on them.
 *
 * @param parameters of the network; each is written four times, with two moments of Adam and in the page's model file
 */
export function stepsBetweenCheckpoints(parameters: number): number {
  const bytes = 4 * 4 * parameters;
  return shortest * Math.max(1, Math.ceil(bytes / (shortest * 400_000)));
}
