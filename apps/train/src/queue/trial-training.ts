import { createHash } from 'node:crypto';
import { z } from 'zod';
import { namePattern } from '../runs/run-folder';

/** What a worker needs to know of a training of a sweep, as a queue keeps it. */
export const trialTrainingSchema = z.strictObject({
  /** Of the sweep. */
  name: z.string().max(190).regex(namePattern),
  /** The number of the configuration. */
  trial: z.string().regex(/^\d{1,5}$/),
  /** The whole configuration of the run. */
  config: z.record(z.string(), z.unknown()),
  /** The step to pause after; null to train to the end. */
  until: z.int().min(1).nullable(),
  /** As `--backend` said where it was put into the queue. */
  backend: z.string().max(20).nullable(),
});

/** One configuration of a sweep that is to be trained, to its next rung or to its end. */
export interface TrialTraining extends z.infer<typeof trialTrainingSchema> {
  readonly id: string;
  readonly runName: string;
  readonly label: string;
}

export function trialRunName({ name, trial }: Pick<TrialTraining, 'name' | 'trial'>): string {
  return `${name}-${trial}`;
}

export function trialTraining(data: z.infer<typeof trialTrainingSchema>): TrialTraining {
  const { config, until, backend } = data;
  const { backend: _, ...trained } = config;
  const digest = createHash('sha256')
    .update(JSON.stringify([trained, backend]))
    .digest('hex')
    .slice(0, 12);
  const runName = trialRunName(data);
  return { ...data, id: `${runName}-${until ?? 'end'}-${digest}`, runName, label: runName };
}
