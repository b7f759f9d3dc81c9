import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { nextTurn } from '../batches/next-turn';
import { prefetch } from '../batches/prefetch';
import type { Batch, BatchSource, NamedTensors } from '../interfaces';

/** Computes something of each row of a batch, as `evaluate` of a {@link Trainable} does. */
export interface Evaluable<B> {
  /** Tensors [batch] or [batch, ...], of numbers; padding included. */
  evaluate(batch: B): Readonly<NamedTensors>;
}

/** A batch and what was computed of its rows. */
export interface EvaluatedBatch<B> {
  /** Disposed of when the next one is asked for. */
  readonly batch: B;
  /** By name, without padding: `count` numbers of a tensor [batch], `count` x n of a tensor [batch, n], row after row. */
  readonly rows: Readonly<Record<string, Float32Array>>;
}

/**
 * Runs a network over one epoch of `source`, batch by batch. The next batch is made while the device computes. When it ends,
 * in whatever way, the source is where it was before.
 *
 * @param network a trainable, or anything with an `evaluate` of its own, say `batch => ({ scores: network.scores(batch.images) })`
 * @param options.signal ends the evaluation between two batches; the signal's reason is then thrown
 * @throws CapsnetError `invalid-tensor` if `evaluate` does not give a value for each row
 */
export async function* evaluateRows<B extends Batch>(
  network: Evaluable<NoInfer<B>>,
  source: BatchSource<B>,
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<EvaluatedBatch<B>, void, undefined> {
  expectKnownOptions('evaluate', options, ['signal']);
  const { signal } = options;
  const { batchesPerEpoch } = source;
  const before = source.state();
  const batches = prefetch(source);
  try {
    for (let i = 0; i < batchesPerEpoch; i++) {
      await nextTurn();
      signal?.throwIfAborted();
      const batch = await batches.take();
      try {
        const { names, sizes, values } = evaluateBatch(network, batch);
        const reading = values.data();
        if (i + 1 < batchesPerEpoch) batches.prepare();
        const data = await reading.finally(() => tf.dispose(values));
        yield { batch, rows: split(data as Float32Array, names, sizes, batch.count) };
      } finally {
        batch.dispose();
      }
    }
  } finally {
    await batches.close();
    source.restore(before);
  }
}

/** All values of a batch as one tensor, so that one read fetches them, with the shape of each. */
function evaluateBatch<B extends Batch>(network: Evaluable<B>, batch: B) {
  let names: string[] = [];
  let sizes: { readonly rows: number; readonly width: number }[] = [];
  const values = tf.tidy(() => {
    const tensors = network.evaluate(batch);
    names = Object.keys(tensors);
    sizes = Object.entries(tensors).map(([name, { shape }]) => sizeOf(name, shape, batch.count));
    return tf.concat(Object.values(tensors).map(tensor => tf.reshape(tf.cast(tensor, 'float32'), [-1])));
  });
  return { names, sizes, values };
}

function sizeOf(name: string, [rows, ...rest]: readonly number[], count: number) {
  if (rows !== undefined && rows >= count) return { rows, width: rest.reduce((width, n) => width * n, 1) };
  const shape = rows === undefined ? [] : [rows, ...rest];
  throw new CapsnetError(
    'invalid-tensor',
    `evaluate: expected "${name}" to have one value per row of the batch (${count} or more), found shape [${shape}]`,
  );
}

function split(
  data: Float32Array,
  names: readonly string[],
  sizes: readonly { readonly rows: number; readonly width: number }[],
  count: number,
): Record<string, Float32Array> {
  let start = 0;
  return Object.fromEntries(
    names.map((name, i) => {
      const { rows, width } = sizes[i]!;
      const values = data.subarray(start, start + count * width);
      start += rows * width;
      return [name, values];
    }),
  );
}
