import * as tf from '@tensorflow/tfjs-core';
import type { Batch, BatchSource, Json } from '../interfaces';

/** Makes one batch ahead of time; see {@link prefetch}. */
export interface Prefetch<B> {
  take(): Promise<B>;
  /** Begins to make the batch that `take` gives next. */
  prepare(): void;
  /** The source's state as of the batches taken. */
  state(): Json;
  /** Before the first batch is taken. */
  restore(state: Json): void;
  /** Disposes of a batch that nobody took, and puts the source back to before it. */
  close(): Promise<void>;
}

/** A source whose next batch can be made while the device computes, without the source's state showing it. */
export function prefetch<B extends Batch>(source: BatchSource<B>): Prefetch<B> {
  let ahead: Promise<B> | undefined;
  let state = source.state();

  return {
    async take() {
      const batch = ahead ?? source.next();
      ahead = undefined;
      const taken = await batch;
      state = source.state();
      return taken;
    },
    prepare() {
      // Not `async`'s delay: the function runs at once up to its first await. Errors wait for `take`.
      ahead = (async () => outliving(await source.next()))();
      ahead.catch(() => {});
    },
    state: () => state,
    restore(saved) {
      source.restore(saved);
      state = saved;
    },
    async close() {
      const unused = await ahead?.catch(() => undefined);
      ahead = undefined;
      unused?.dispose();
      if (unused) source.restore(state);
    },
  };
}

/** A batch that is made in one turn of a loop and taken in the next, which the user may have put a scope of tfjs around. */
function outliving<B extends Batch>(batch: B): B {
  for (const part of Object.values(batch).flat()) {
    if (part instanceof tf.Tensor) tf.keep(part);
  }
  return batch;
}
