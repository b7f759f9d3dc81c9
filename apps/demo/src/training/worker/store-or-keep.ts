import type { CheckpointStore } from '@capsnet/trainer';

/**
 * Writes checkpoints to a store of the browser, and from when that refuses, because it is full or denied, to the memory of this
 * worker: the training goes on.
 *
 * @param onRefused is told why, once
 */
export function storeOrKeep(
  stored: CheckpointStore,
  kept: CheckpointStore,
  onRefused: (reason: string) => void,
): CheckpointStore {
  let isRefused = false;

  function refused(error: unknown): void {
    if (isRefused) return;
    isRefused = true;
    onRefused((error as Error).message);
  }

  return {
    async write(checkpoint, options) {
      if (!isRefused) {
        try {
          return await stored.write(checkpoint, options);
        } catch (error) {
          // A lost context is nothing that memory could make good.
          if ((error as Error).name === 'ContextLost') throw error;
          refused(error);
        }
      }
      return kept.write(checkpoint, options);
    },
    async list() {
      // What is kept is newer: nothing is stored any more once something is kept.
      const inMemory = await kept.list();
      if (inMemory.length > 0) return inMemory;
      try {
        return await stored.list();
      } catch (error) {
        refused(error);
        return [];
      }
    },
    async read(name) {
      const inMemory = await kept.list();
      return inMemory.some(entry => entry.name === name) ? kept.read(name) : stored.read(name);
    },
  };
}
