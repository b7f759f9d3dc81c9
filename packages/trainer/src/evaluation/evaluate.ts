import { CapsnetError } from '@capsnet/checks';
import type { Batch, BatchSource, Metrics } from '../interfaces';
import { type Evaluable, evaluateRows } from './evaluate-rows';

/** Sums of values over rows, by name. */
export interface RowSums {
  readonly sums: Readonly<Record<string, number>>;
  readonly count: number;
}

/**
 * Averages what `network.evaluate` gives over all rows of one epoch of `source`; padding does not count, and what has several
 * values per row, such as scores of classes, is left out.
 * Afterwards the source is where it was before.
 *
 * @param options.signal ends the evaluation between two batches; the promise is then rejected with the signal's reason
 * @throws CapsnetError `invalid-tensor` if `network.evaluate` does not give values of each row, one `loss` among them;
 *   `invalid-data` if the source has no rows
 */
export async function evaluate<B extends Batch>(
  network: Evaluable<NoInfer<B>>,
  source: BatchSource<B>,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Metrics> {
  return meansOf(await sumRows(network, source, options));
}

/** The sums of which {@link evaluate} gives the means. */
export async function sumRows<B extends Batch>(
  network: Evaluable<NoInfer<B>>,
  source: BatchSource<B>,
  options: { readonly signal?: AbortSignal | undefined },
): Promise<RowSums> {
  const sums: Record<string, number> = {};
  let count = 0;
  for await (const { batch, rows } of evaluateRows(network, source, options)) {
    for (const [name, values] of Object.entries(rows)) {
      if (values.length > batch.count) continue;
      sums[name] = values.reduce((sum, value) => sum + value, sums[name] ?? 0);
    }
    count += batch.count;
  }
  return { sums, count };
}

/** @throws CapsnetError as {@link evaluate} does */
export function meansOf({ sums, count }: RowSums): Metrics {
  if (count === 0) {
    throw new CapsnetError('invalid-data', 'evaluate: expected a source with at least one row, found none');
  }
  if (!('loss' in sums)) {
    const found = Object.keys(sums);
    throw new CapsnetError(
      'invalid-tensor',
      `evaluate: expected a value named "loss" of each row, found [${found}]`,
    );
  }
  return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, sum / count]));
}
