import { existsSync } from 'node:fs';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { conform } from '../config/resolve';
import { readJson } from '../files/json-file';
import { UsageError, within } from '../terminal/errors';
import type { RunFolder } from './run-folder';

const count = z.int().min(0);

const objectiveSchema = z.discriminatedUnion('state', [
  z.strictObject({
    /** Whether it waits at a rung of its sweep, or has come to its end. */
    state: z.enum(['paused', 'finished']),
    steps: count,
    /** Training images seen, each as often as it was seen. */
    images: count,
    /** Of the validation images, the part that the weights with the lowest loss so far misclassify, and that loss. */
    error: z.number().min(0).max(1),
    loss: z.number().min(0),
  }),
  z.strictObject({ state: z.literal('diverged'), steps: count, images: count, reason: z.string() }),
]);

/** What a training of a sweep has come to, as `objective.json` of its run holds it. It says nothing of the test images. */
export type Objective = z.infer<typeof objectiveSchema>;

/** @throws UsageError that names the file and what is wrong with it */
export async function readObjective({ objective: file }: RunFolder): Promise<Objective | undefined> {
  if (!existsSync(file)) return undefined;
  try {
    return await within(file, async () => conform(objectiveSchema, await readJson(file), 'objective'));
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}; remove the file, and the same sweep writes it again`, {
      cause,
    });
  }
}

export async function writeObjective({ objective: file }: RunFolder, objective: Objective): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(objective)}\n`);
}

/** @param until the step to come to; null for the end */
export function hasReached(objective: Objective | undefined, until: number | null): objective is Objective {
  if (!objective) return false;
  return objective.state !== 'paused' || (until !== null && objective.steps >= until);
}
