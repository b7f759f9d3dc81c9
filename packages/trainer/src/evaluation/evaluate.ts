import * as tf from '@tensorflow/tfjs-core';
import type { Metrics } from '../training/events';
import type { Batch, BatchSource, Trainable } from '../training/interfaces';
import { nextTurn } from '../training/next-turn';
import { prefetch } from '../training/prefetch';

/**
 * Averages what `trainable.evaluate` gives over all rows of one epoch of `source`; padding does not count.
 * Afterwards the source is where it was before.
 *
 * @param options.signal ends the evaluation between two batches; the promise is then rejected with the signal's reason
 * @throws TypeError if `trainable.evaluate` does not give one value per row, RangeError if the source has no rows
 */
export async function evaluate<B extends Batch>(
  trainable: Trainable<NoInfer<B>>,
  source: BatchSource<B>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Metrics> {
  const { batchesPerEpoch } = source;
  const before = source.state();
  const batches = prefetch(source);
  const sums: Record<string, number> = {};
  let rows = 0;
  try {
    for (let i = 0; i < batchesPerEpoch; i++) {
      await nextTurn();
      signal?.throwIfAborted();
      const batch = await batches.take();
      const { names, values, width, count } = evaluateBatch(trainable, batch);
      const reading = values.data();
      if (i + 1 < batchesPerEpoch) batches.prepare();
      const data = await reading.finally(() => tf.dispose(values));
      names.forEach((name, row) => {
        for (const value of data.subarray(row * width, row * width + count)) {
          sums[name] = (sums[name] ?? 0) + value;
        }
      });
      rows += count;
    }
  } finally {
    await batches.close();
    source.restore(before);
  }
  if (rows === 0) throw new RangeError('evaluate: expected a source with at least one row, found none');
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / rows]));
}

/** All metrics of a batch as one tensor [metrics, width], so that one read fetches them. */
function evaluateBatch<B extends Batch>(trainable: Trainable<B>, batch: B) {
  const { count } = batch;
  try {
    let names: string[] = [];
    let width = 0;
    const values = tf.tidy(() => {
      const metrics = trainable.evaluate(batch);
      names = Object.keys(metrics);
      width = metrics.loss?.shape[0] ?? 0;
      if (!metrics.loss) {
        throw new TypeError(`evaluate: expected a value named "loss" of each row, found [${names}]`);
      }
      for (const [name, { shape }] of Object.entries(metrics)) {
        if (shape.length !== 1 || shape[0] !== width || width < count) {
          throw new TypeError(
            `evaluate: expected "${name}" to have one value per row of the batch (${count} or more), found shape [${shape}]`,
          );
        }
      }
      return tf.stack(Object.values(metrics).map(metric => tf.cast(metric, 'float32')));
    });
    return { names, values, width, count };
  } finally {
    batch.dispose();
  }
}
