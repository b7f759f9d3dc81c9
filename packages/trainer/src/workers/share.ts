import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch, BatchSource } from '../interfaces';
import type { Reducer } from './reducer';

type Place = Pick<Reducer, 'rank' | 'size'>;

/**
 * The rows of a batch that are one worker's: as many as those of any other, or one more. Its tensors, alone or in a list, are cut
 * along their first axis; all else is as in the batch.
 *
 * @param owner of a share, for the error. Default `'worker'`
 * @returns a batch of its own, beside the one it was cut from
 * @throws CapsnetError `invalid-argument` if there are fewer rows than shares
 */
export function shareOf<B extends Batch>(batch: B, { rank, size }: Place, owner = 'worker'): B {
  const rows = Object.values(batch)
    .flat()
    .find((part): part is tf.Tensor => part instanceof tf.Tensor)?.shape[0];
  if (rows === undefined || rows < size) {
    throw new CapsnetError(
      'invalid-argument',
      `train: expected batches of at least ${size} rows, one for each ${owner}, found ${rows ?? 'none'}`,
    );
  }
  const from = Math.floor((rank * rows) / size);
  const count = Math.floor(((rank + 1) * rows) / size) - from;
  const made: tf.Tensor[] = [];
  const cut = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(cut);
    if (!(part instanceof tf.Tensor)) return part;
    const share = tf.keep(tf.slice(part, [from], [count]));
    made.push(share);
    return share;
  };
  return {
    ...Object.fromEntries(Object.entries(batch).map(([name, part]) => [name, cut(part)])),
    count: Math.max(0, Math.min(batch.count - from, count)),
    dispose: () => tf.dispose(made),
  } as B;
}

/** One worker's rows of each batch of a source. */
export function sourceOfShares<B extends Batch>(source: BatchSource<B>, worker: Place): BatchSource<B> {
  return {
    batchesPerEpoch: source.batchesPerEpoch,
    async next() {
      const batch = await source.next();
      try {
        return shareOf(batch, worker);
      } finally {
        batch.dispose();
      }
    },
    state: () => source.state(),
    restore: state => source.restore(state),
  };
}
