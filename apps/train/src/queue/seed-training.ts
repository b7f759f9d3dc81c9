import { createHash } from 'node:crypto';
import { z } from 'zod';
import { configOf, type Experiment, experimentSchema } from '../experiments/experiment';
import { runNameOf } from '../experiments/finished-run';
import { namePattern } from '../runs/run-folder';

/** What a worker needs to know of a training, as a queue keeps it: one seed of an experiment. */
export const seedTrainingSchema = z.strictObject({
  /** Of the experiment. */
  name: z.string().max(200).regex(namePattern),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  /** As its file says, with this seed alone. */
  experiment: experimentSchema,
  /** As `--backend` said where it was put into the queue. */
  backend: z.string().max(20).nullable(),
});

/** One seed of an experiment that is to be trained. */
export interface SeedTraining extends z.infer<typeof seedTrainingSchema> {
  /** The same for the same seed of the same settings, however often and from wherever it is put into the queue. */
  readonly id: string;
  /** Of its run folder. */
  readonly runName: string;
  /** As people call it. */
  readonly label: string;
}

export function seedTraining(experiment: Experiment, seed: number, backend: string | null): SeedTraining {
  const { name, file: _, row: __, command: ___, remedy: ____, ...described } = experiment;
  const { backend: _____, ...config } = configOf(experiment, seed);
  const digest = createHash('sha256')
    .update(JSON.stringify([config, backend]))
    .digest('hex')
    .slice(0, 12);
  const runName = runNameOf(experiment, seed);
  return {
    id: `${runName}-${digest}`,
    runName,
    label: `${name} seed ${seed}`,
    name,
    seed,
    experiment: { ...described, seeds: [seed] },
    backend,
  };
}
