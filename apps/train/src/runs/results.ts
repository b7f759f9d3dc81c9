import { z } from 'zod';
import { conform } from '../config/resolve';
import { digest } from '../data/digests';
import { readJson } from '../files/json-file';
import { UsageError, within } from '../terminal/errors';
import type { RunFolder } from './run-folder';

const count = z.int().min(0);
const fraction = z.number().min(0).max(1);
const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const backend = z.object({ name: z.string(), device: z.string() });
const testSchema = z.object({
  images: count.min(1),
  accuracy: fraction,
  error: fraction,
  /** Means per image; undefined for what the network does not have. */
  loss: z.number().min(0),
  margin: z.number().optional(),
  reconstruction: z.number().optional(),
  /** How many are misclassified; of pairs of digits, those of which either is. */
  mistakes: count,
  /** Of pairs of digits, the part of all digits that were not found: half a credit for each. */
  halfCreditError: fraction.optional(),
  /** Positions in the data set, with labels and predictions; undefined for pairs of digits. */
  misclassified: z
    .array(z.object({ index: count, label: count, prediction: count }))
    .readonly()
    .optional(),
  /** [label][prediction]; undefined for pairs of digits. */
  confusion: z.array(z.array(count).readonly()).readonly().optional(),
});

const resultsSchema = z.object({
  test: testSchema,
  /** The names of the classes, by label; undefined for numbers alone. */
  classes: z.array(z.string()).readonly().optional(),
  /** Of the best weights; undefined when every image was trained on. */
  validation: z
    .object({ loss: z.number(), accuracy: fraction, step: count, images: count.optional() })
    .optional(),
  /**
   * All but 1 in 100 of the rightly classified images of this split score as much, and as many are reconstructed with no larger error,
   * where a decoder draws single digits. Undefined when there were none, and in results of an earlier version.
   */
  usualScore: z
    .object({
      score: z.number(),
      reconstructionError: z.number().optional(),
      split: z.enum(['validation', 'train']),
      images: count,
    })
    .optional(),
  epochs: count,
  steps: count,
  /** `finished`; `early`, when the validation did not improve any more; `by-user`, by `--finish`. */
  stopped: z.string(),
  /** For how many epochs it was to train; undefined in results of an earlier version. */
  planned: count.optional(),
  command: z.string(),
  seed: z.object({ model: seed, training: seed }),
  /** Of capsnet's own checkout; several when the run was resumed under another, undefined when it is installed. */
  commit: z.string().optional(),
  /** When it was tested, ISO 8601. */
  date: z.string(),
  /** The one that trained last, and tested. */
  backend,
  /** Others that had trained the run before: their weights differ in the last bits. */
  earlierBackends: z.array(backend).readonly().optional(),
  versions: z.record(z.string(), z.string()),
  /** The SHA-256 of the images and labels of each part; undefined in results of an earlier version. */
  data: z.object({ train: digest, test: digest }).optional(),
  parameters: count,
  /** Of training, interruptions not counted. */
  seconds: z.number().min(0),
  /** 0 when no step has been measured. */
  imagesPerSecond: z.number().min(0),
  /** The process's largest resident size, in bytes. */
  peakMemory: count,
});

/** What `results.json` of a run holds: the metrics, and everything needed to get them again. */
export type Results = z.infer<typeof resultsSchema>;

/** @throws UsageError that names the file, what is wrong with it, and what to do */
export async function readResults({ results: file }: RunFolder): Promise<Results> {
  try {
    return await within(file, async () => {
      const results = conform(resultsSchema, await readJson(file), 'results');
      expectSameCounts(results.test);
      return results;
    });
  } catch (cause) {
    throw new UsageError(`${(cause as Error).message}; remove the file, and --resume tests the run again`, {
      cause,
    });
  }
}

/** The same is said several times: what was changed in one place does not fit the others. */
function expectSameCounts({ images, error, accuracy, mistakes, misclassified }: Results['test']): void {
  const parts = { error: mistakes / images, accuracy: 1 - mistakes / images };
  for (const [name, found] of Object.entries({ error, accuracy })) {
    const expected = parts[name as keyof typeof parts];
    if (Math.abs(found - expected) > 1e-6) {
      throw new UsageError(
        `test.${name}: expected ${expected} of ${mistakes} mistakes in ${images} images, found ${found}`,
      );
    }
  }
  if (misclassified && misclassified.length !== mistakes) {
    throw new UsageError(`test.misclassified: expected ${mistakes} images, found ${misclassified.length}`);
  }
}
