import { CapsnetError, expectKnownOptions, show } from '@capsnet/checks';
import { type Random, randomFromState, seededRandom } from '../random/random';
import { expectBatchSize } from './batch-size';
import type { BatchSource } from './batch-source';
import { savedPosition, savedRandom } from './batch-state';

export interface OrderedBatchesOptions {
  readonly batchSize: number;
  /** An integer from 0 to 2^32 - 1, from which `make` draws. Default 0. */
  readonly seed?: number | undefined;
  /** How many rows an epoch has; beyond the number of indices these begin again. Default as many as there are indices. */
  readonly rows?: number | undefined;
}

/**
 * Goes through `indices` in their order, in ceil(rows / batchSize) batches, of which the last may have fewer rows. Every epoch
 * is the same, for all random draws begin anew.
 *
 * @param make makes the batch of some indices; all that it draws, it draws from `random`
 * @throws {@link CapsnetError} `invalid-argument` when an option cannot be used
 */
export function orderedBatches<B>(
  indices: Uint32Array,
  options: OrderedBatchesOptions,
  make: (chosen: Uint32Array, random: Random) => B,
): BatchSource<B> {
  expectKnownOptions('orderedBatches', options, ['batchSize', 'seed', 'rows']);
  const { batchSize, seed = 0, rows = indices.length } = options;
  expectBatchSize(batchSize);
  if (!Number.isInteger(rows) || rows < 1) {
    throw new CapsnetError('invalid-argument', `expected an epoch of at least 1 row, found ${show(rows)}`);
  }
  const source = { images: indices.length, batchSize, rows };
  const batchesPerEpoch = Math.ceil(rows / batchSize);
  let random = seededRandom(seed);
  let position = 0;

  return {
    batchesPerEpoch,
    next() {
      if (position === batchesPerEpoch) {
        random = seededRandom(seed);
        position = 0;
      }
      const start = position++ * batchSize;
      const chosen = Uint32Array.from(
        { length: Math.min(batchSize, rows - start) },
        (_, row) => indices[(start + row) % indices.length]!,
      );
      return make(chosen, random);
    },
    state: () => ({ ...source, position, random: [...random.getState()] }),
    restore(state) {
      const savedAt = savedPosition(state, source, batchesPerEpoch);
      random = randomFromState(savedRandom(state, 'random'));
      position = savedAt;
    },
  };
}
