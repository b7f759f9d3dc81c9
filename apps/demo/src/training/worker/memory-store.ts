import { CapsnetError } from '@capsnet/checks';
import type { Checkpoint, CheckpointStore } from '@capsnet/trainer';
import * as tf from '@tensorflow/tfjs-core';

type Tensors = Checkpoint['weights'];

/** Keeps the last checkpoint as long as its worker lives. */
export function memoryStore(): CheckpointStore & { dispose(): void } {
  let last: { readonly name: string; readonly step: number; readonly checkpoint: Checkpoint } | undefined;

  const dispose = () => {
    if (last) tf.dispose([last.checkpoint.weights, last.checkpoint.optimizer, last.checkpoint.average ?? {}]);
    last = undefined;
  };
  return {
    async write(checkpoint, { step }) {
      const copy = copied(checkpoint);
      dispose();
      last = { name: `step-${step}`, step, checkpoint: copy };
      return last.name;
    },
    async read(name) {
      if (last?.name !== name) throw new CapsnetError('invalid-argument', `no checkpoint ${name} in memory`);
      return copied(last.checkpoint);
    },
    list: async () => (last ? [{ name: last.name, step: last.step, isBest: false }] : []),
    dispose,
  };
}

/** Variables change in place of their values, so that copies share these with them. */
function copied({ weights, optimizer, average, state }: Checkpoint): Checkpoint {
  return {
    weights: clones(weights),
    optimizer: clones(optimizer),
    average: average && clones(average),
    state: structuredClone(state),
  };
}

function clones(tensors: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, tf.keep(tf.clone(tensor))]),
  );
}
