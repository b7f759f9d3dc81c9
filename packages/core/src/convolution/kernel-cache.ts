import * as tf from '@tensorflow/tfjs-core';

/** Keeps what was computed from a kernel for as long as the kernel keeps its values. */
export interface KernelCache {
  /**
   * What `compute` gives for the kernel, computed once for the same values and the same `key`.
   *
   * @returns a tensor of the cache's own: not to be disposed of
   */
  of(kernel: tf.Tensor, key: string, compute: () => tf.Tensor): tf.Tensor;
  /** Frees what is kept. */
  clear(): void;
}

export function kernelCache(): KernelCache {
  let kept: { readonly dataId: tf.DataId; readonly key: string; readonly value: tf.Tensor } | undefined;

  function clear() {
    kept?.value.dispose();
    kept = undefined;
  }

  return {
    of({ dataId }, key, compute) {
      // What lies behind a data id never changes: a variable that is assigned to gets another one.
      if (kept?.dataId !== dataId || kept.key !== key) {
        clear();
        kept = { dataId, key, value: tf.keep(tf.tidy(compute)) };
      }
      return kept.value;
    },
    clear,
  };
}
