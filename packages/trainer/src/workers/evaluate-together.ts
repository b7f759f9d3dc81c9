import { meansOf, type RowSums, sumRows } from '../evaluation/evaluate';
import type { Evaluable } from '../evaluation/evaluate-rows';
import type { Batch, BatchSource, Metrics } from '../interfaces';
import type { Reducer } from './reducer';
import { sourceOfShares } from './share';

/**
 * What `evaluate` gives, of which every worker computes its rows: the same numbers on each.
 *
 * @returns null if the signal of any worker ended it
 */
export async function evaluateTogether<B extends Batch>(
  network: Evaluable<NoInfer<B>>,
  source: BatchSource<B>,
  { reducer, signal }: { readonly reducer: Reducer; readonly signal?: AbortSignal | undefined },
): Promise<Metrics | null> {
  let own: RowSums | null = null;
  try {
    own = await sumRows(network, sourceOfShares(source, reducer), { signal });
  } catch (error) {
    if (!(signal?.aborted && error === signal.reason)) throw error;
  }
  const all = (await reducer.gather(JSON.stringify(own))).map(text => JSON.parse(text) as RowSums | null);
  const sums: Record<string, number> = {};
  let count = 0;
  for (const each of all) {
    if (!each) return null;
    count += each.count;
    // One that had no rows does not know which values have one for each row.
    if (each.count === 0) continue;
    for (const [name, sum] of Object.entries(each.sums)) sums[name] = (sums[name] ?? 0) + sum;
  }
  return meansOf({ sums, count });
}
