import * as tf from '@tensorflow/tfjs-core';
import {
  type Checkpoint,
  type CheckpointEntry,
  type CheckpointStore,
  DamagedCheckpoint,
  type NamedTensors,
} from '../src';

interface Saved {
  readonly dtype: tf.DataType;
  readonly shape: number[];
  readonly values: tf.TypedArray;
}
type SavedTensors = Record<string, Saved>;

interface Written {
  readonly entry: CheckpointEntry;
  readonly weights: SavedTensors;
  readonly optimizer: SavedTensors;
  readonly average: SavedTensors | null;
  readonly state: string;
}

/** Checkpoints in memory, as numbers and JSON: the last few and the last best one. */
export function memoryStore({ keep = 3 } = {}) {
  let written: Written[] = [];
  const damaged = new Set<string>();

  const store: CheckpointStore = {
    async write({ weights, optimizer, average, state }, { step, isBest }) {
      const name = `${isBest ? 'best' : 'step'}-${step}`;
      const entry = { name, step, isBest };
      const next: Written = {
        entry,
        weights: await save(weights),
        optimizer: await save(optimizer),
        average: average && (await save(average)),
        state: JSON.stringify(state),
      };
      written = [...written.filter(other => other.entry.name !== name), next];
      const ordinary = written.filter(other => !other.entry.isBest).slice(-keep);
      const best = written.filter(other => other.entry.isBest).slice(-1);
      written = written.filter(other => ordinary.includes(other) || best.includes(other));
      return name;
    },
    async read(name) {
      if (damaged.has(name)) throw new DamagedCheckpoint(`${name}: a digest does not fit`);
      const found = written.find(({ entry }) => entry.name === name);
      if (!found) throw new Error(`no checkpoint ${name}`);
      const { weights, optimizer, average, state } = found;
      return {
        weights: load(weights),
        optimizer: load(optimizer),
        average: average && load(average),
        state: JSON.parse(state) as Checkpoint['state'],
      };
    },
    list: async () => written.map(({ entry }) => entry),
  };

  return {
    ...store,
    damage: (name: string) => damaged.add(name),
    remove(name: string) {
      written = written.filter(({ entry }) => entry.name !== name);
    },
    names: () => written.map(({ entry }) => entry.name),
    /** Everything in the newest checkpoint, to compare. */
    newest: () => written.at(-1),
  };
}

async function save(tensors: NamedTensors): Promise<SavedTensors> {
  const saved: SavedTensors = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    saved[name] = { dtype: tensor.dtype, shape: tensor.shape, values: (await tensor.data()).slice() };
  }
  return saved;
}

function load(saved: SavedTensors): NamedTensors {
  return Object.fromEntries(
    Object.entries(saved).map(([name, { dtype, shape, values }]) => [
      name,
      tf.tensor(values.slice(), shape, dtype),
    ]),
  );
}
