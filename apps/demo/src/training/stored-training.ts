import { type DBSchema, openDB } from 'idb';
import { type LearningCurve, type Measurement, thinned } from './learning-curve';
import type { TrainingSettings } from './training-settings';

/** The training of this browser, as its tabs find it after a reload, and after each other. */
export interface StoredTraining {
  readonly settings: TrainingSettings;
  readonly step: number;
  readonly totalSteps: number;
  /** Whether it is over, so that it cannot be continued. */
  readonly isOver: boolean;
  readonly curve: LearningCurve;
  /** The model file. */
  readonly file: Uint8Array;
}

/** As earlier versions of the page stored it: a point of every batch. */
interface EarlierTraining extends Omit<StoredTraining, 'curve'> {
  readonly curve: { readonly batches: readonly Measurement[]; readonly heldBack: readonly Measurement[] };
}

interface Schema extends DBSchema {
  trained: { key: 'here'; value: StoredTraining | EarlierTraining };
}

function open() {
  return openDB<Schema>('capsnet-demo', 1, {
    upgrade: created => {
      created.createObjectStore('trained');
    },
  });
}

/** Stores the one training that this browser has. */
export async function writeTraining(training: StoredTraining): Promise<void> {
  const database = await open();
  await database.put('trained', training, 'here').finally(() => database.close());
}

/** The training that was stored, if there is one. */
export async function readTraining(): Promise<StoredTraining | null> {
  const database = await open();
  const found = await database.get('trained', 'here').finally(() => database.close());
  if (!found) return null;
  return { ...found, curve: 'every' in found.curve ? found.curve : fromEarlier(found.curve) };
}

function fromEarlier({ batches, heldBack }: EarlierTraining['curve']): LearningCurve {
  return thinned({ training: batches, every: 1, newest: batches.at(-1) ?? null, validation: heldBack });
}
