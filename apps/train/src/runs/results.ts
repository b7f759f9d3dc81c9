import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { conform } from '../config/resolve';
import { within } from '../terminal/errors';
import type { RunFolder } from './run-folder';

const testSchema = z.object({
  images: z.number(),
  accuracy: z.number(),
  error: z.number(),
  /** Means per image; undefined for what the network does not have. */
  loss: z.number(),
  margin: z.number().optional(),
  reconstruction: z.number().optional(),
  /** How many are misclassified; of pairs of digits, those of which either is. */
  mistakes: z.number(),
  /** Positions in the data set, with labels and predictions; undefined for pairs of digits. */
  misclassified: z
    .array(z.object({ index: z.number(), label: z.number(), prediction: z.number() }))
    .readonly()
    .optional(),
  /** [label][prediction]; undefined for pairs of digits. */
  confusion: z.array(z.array(z.number()).readonly()).readonly().optional(),
});

const resultsSchema = z.object({
  test: testSchema,
  /** Of the best weights; undefined when every image was trained on. */
  validation: z.object({ loss: z.number(), accuracy: z.number(), step: z.number() }).optional(),
  epochs: z.number(),
  steps: z.number(),
  stopped: z.string(),
  command: z.string(),
  seed: z.object({ model: z.number(), training: z.number() }),
  /** Of capsnet's own checkout; several when the run was resumed under another, undefined when it is installed. */
  commit: z.string().optional(),
  /** When it was tested, ISO 8601. */
  date: z.string(),
  backend: z.object({ name: z.string(), device: z.string() }),
  versions: z.record(z.string(), z.string()),
  parameters: z.number(),
  /** Of training, interruptions not counted. */
  seconds: z.number(),
  imagesPerSecond: z.number(),
  /** The process's largest resident size, in bytes. */
  peakMemory: z.number(),
});

/** What `results.json` of a run holds: the metrics, and everything needed to get them again. */
export type Results = z.infer<typeof resultsSchema>;

/** @throws UsageError that names the file and what is wrong with it */
export async function readResults({ results: file }: RunFolder): Promise<Results> {
  return within(file, async () =>
    conform(resultsSchema, JSON.parse(await readFile(file, 'utf8')), 'results'),
  );
}
