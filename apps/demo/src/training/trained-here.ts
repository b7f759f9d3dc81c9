import { type DBSchema, openDB } from 'idb';
import type { LearningCurve } from './learning-curve';
import type { TrainingSettings } from './training-settings';

/** A training of this browser, as it is found again after a reload. */
export interface TrainedHere {
  readonly settings: TrainingSettings;
  readonly step: number;
  readonly totalSteps: number;
  /** Whether it is over, so that it cannot be continued. */
  readonly isOver: boolean;
  readonly curve: LearningCurve;
  /** The model file. */
  readonly file: Uint8Array;
}

interface Schema extends DBSchema {
  trained: { key: 'here'; value: TrainedHere };
}

function open() {
  return openDB<Schema>('capsnet-demo', 1, {
    upgrade: created => {
      created.createObjectStore('trained');
    },
  });
}

/** Keeps the one training that this browser has. */
export async function keepTrained(trained: TrainedHere): Promise<void> {
  const database = await open();
  await database.put('trained', trained, 'here').finally(() => database.close());
}

/** The training that was kept, if there is one. */
export async function findTrained(): Promise<TrainedHere | null> {
  const database = await open();
  return (await database.get('trained', 'here').finally(() => database.close())) ?? null;
}
