import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import { type Random, randomFromState, seededRandom, shuffle } from '../random/random';
import { expectBatchSize } from './batch-size';
import type { BatchSource } from './batch-source';
import { savedPosition, savedRandom } from './batch-state';

export interface ShuffledBatchesOptions {
  readonly batchSize: number;
  /** An integer from 0 to 2^32 - 1: the same seed gives the same batches, bit for bit. */
  readonly seed: number;
}

/**
 * Goes through `indices` in an order of its own in each epoch, in floor(n / batchSize) full batches. The n mod batchSize
 * at the end of the order are left out of that epoch, other ones in each epoch.
 *
 * @param make makes the batch of some indices; all that it draws, it draws from `random`
 * @throws {@link CapsnetError} `invalid-argument` when there are fewer indices than a batch has rows
 */
export function shuffledBatches<B>(
  indices: Uint32Array,
  options: ShuffledBatchesOptions,
  make: (chosen: Uint32Array, random: Random) => B,
): BatchSource<B> {
  expectKnownOptions('shuffledBatches', options, ['batchSize', 'seed']);
  const { batchSize, seed } = options;
  expectBatchSize(batchSize);
  const batchesPerEpoch = Math.floor(indices.length / batchSize);
  if (batchesPerEpoch === 0) {
    throw new CapsnetError(
      'invalid-argument',
      `expected a batch size of at most ${indices.length}, the number of images, found ${batchSize}`,
    );
  }
  const source = { images: indices.length, batchSize };
  const order = new Uint32Array(indices.length);
  let random = seededRandom(seed);
  let position = 0;
  // Where `random` was before it shuffled this epoch's order: all that is saved of the order.
  let beforeShuffle = random.getState();

  function startEpoch() {
    beforeShuffle = random.getState();
    order.set(indices);
    shuffle(order, random);
    position = 0;
  }
  startEpoch();

  return {
    batchesPerEpoch,
    next() {
      if (position === batchesPerEpoch) startEpoch();
      const start = position++ * batchSize;
      return make(order.subarray(start, start + batchSize), random);
    },
    state: () => ({ ...source, position, beforeShuffle: [...beforeShuffle], random: [...random.getState()] }),
    restore(state) {
      const savedAt = savedPosition(state, source, batchesPerEpoch);
      const shuffledFrom = savedRandom(state, 'beforeShuffle');
      const drawnUpTo = savedRandom(state, 'random');
      random = randomFromState(shuffledFrom);
      startEpoch();
      random = randomFromState(drawnUpTo);
      position = savedAt;
    },
  };
}
