import { createHash } from 'node:crypto';

/**
 * Puts items into an order that looks random. An item keeps its rank when others come and go, so that two runs of one seed
 * sample alike even if the sources have changed in between.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {number} seed
 * @param {(item: T) => string} nameOf  different for each item
 * @returns {T[]}
 */
export function shuffled(items, seed, nameOf) {
  const ranked = items.map(item => ({ item, rank: digest(`${seed} ${nameOf(item)}`) }));
  return ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ item }) => item);
}

/** @param {string} text */
function digest(text) {
  return createHash('sha256').update(text).digest('hex');
}
