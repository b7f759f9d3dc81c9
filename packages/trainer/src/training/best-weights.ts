import * as tf from '@tensorflow/tfjs-core';
import { type CheckpointEntry, type CheckpointStore, DamagedCheckpoint } from '../checkpoints/checkpoint';
import type { NamedTensors, Trainable } from '../interfaces';
import { copyWeights } from '../weights/weights';
import type { Reducer } from '../workers/reducer';
import { type Damaged, disposeCheckpoint, readIntact } from './resume';

/** Where the weights of the best validation are until the run ends. */
export interface BestWeights {
  /** Keeps these weights instead of those from before. */
  keep(weights: NamedTensors): void;
  /** @param step that of the best validation */
  use(step: number, assign: (weights: NamedTensors) => void): Promise<void>;
  dispose(): void;
}

/** For a run without a store. */
export function bestInMemory(): BestWeights {
  let kept: NamedTensors = {};
  return {
    keep(weights) {
      tf.dispose(kept);
      kept = copyWeights(weights);
    },
    use: async (_, assign) => assign(kept),
    dispose: () => tf.dispose(kept),
  };
}

/** In the best checkpoint, which the run writes anyway. */
export function bestInStore(store: CheckpointStore): BestWeights {
  return {
    keep() {},
    async use(step, assign) {
      const checkpoint = await readBest(store, step);
      assign({ ...checkpoint.weights, ...checkpoint.average });
      disposeCheckpoint(checkpoint);
    },
    dispose() {},
  };
}

/** For several workers: the first one keeps them, since the best may be from before the run was resumed. */
export function bestOfFirst(
  best: BestWeights,
  reducer: Reducer,
  variables: Trainable<never>['variables'],
): BestWeights {
  const isFirst = reducer.rank === 0;
  return {
    keep(weights) {
      if (isFirst) best.keep(weights);
    },
    async use(step, assign) {
      if (isFirst) await best.use(step, assign);
      const names = Object.keys(variables);
      const weights = await reducer.broadcast(Object.values(variables));
      assign(Object.fromEntries(names.map((name, at) => [name, weights[at]!])));
      tf.dispose(weights);
    },
    dispose: () => best.dispose(),
  };
}

/** @throws {@link DamagedCheckpoint} if the best checkpoint is damaged or gone */
async function readBest(store: CheckpointStore, step: number) {
  const hint = 'Resume the run to get its last weights instead';
  const entry = await findBest(store, step);
  if (!entry) throw new DamagedCheckpoint(`the best checkpoint, of step ${step}, is missing. ${hint}`);
  try {
    return await store.read(entry.name);
  } catch (cause) {
    if (!(cause instanceof DamagedCheckpoint)) throw cause;
    throw new DamagedCheckpoint(`the best checkpoint, ${entry.name}, is damaged: ${cause.message}. ${hint}`, {
      cause,
    });
  }
}

/** Whether the best weights can still be had; if not, `damaged` says why. */
export async function bestIsIntact(
  store: CheckpointStore,
  step: number,
  damaged: Damaged[],
): Promise<boolean> {
  const entry = await findBest(store, step);
  if (!entry) {
    damaged.push({ name: `best of step ${step}`, reason: 'missing; the best is chosen anew from here on' });
    return false;
  }
  if (damaged.some(({ name }) => name === entry.name)) return false;
  const found = await readIntact(store, entry, damaged);
  if (found) disposeCheckpoint(found.checkpoint);
  return found !== null;
}

async function findBest(store: CheckpointStore, step: number): Promise<CheckpointEntry | undefined> {
  return (await store.list()).findLast(entry => entry.isBest && entry.step === step);
}
