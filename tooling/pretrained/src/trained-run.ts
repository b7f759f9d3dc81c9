import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CapsNet, decodeCapsNet } from '@capsnet/core';
import { z } from 'zod';

const number = z.number();

// Of what a run writes, what a card tells.
const configSchema = z.object({
  data: z
    .looseObject({
      folder: z.null({ error: 'expected MNIST itself, which is null' }),
      // Runs of before these were there do not have them.
      digits: z.union([z.literal(1), z.literal(2)]).optional(),
      size: number.nullish(),
      test: z.literal('plain').optional(),
      shift: number,
      limit: number.nullable(),
      validation: number,
      all: z.boolean(),
    })
    .refine(({ digits, size }) => digits === 2 || !size, 'expected single digits of the size of MNIST'),
  training: z.looseObject({ batchSize: number, seed: number }),
});

const commitError = {
  error: ({ input }: { input?: unknown }) =>
    `expected a run that was trained at a commit without changes, found ${input ?? 'one outside a repository'}`,
};

const resultsSchema = z.object({
  test: z.object({ images: number, error: number, loss: number }),
  epochs: number,
  steps: number,
  // Where the runs are is the machine's business.
  command: z.string().transform(command => command.replace(/ --runs[ =]\S+/, '')),
  seed: z.object({ model: number, training: number }),
  commit: z.string(commitError).refine(commits => !/-dirty|unknown/.test(commits), commitError),
  date: z.string(),
  backend: z.object({ name: z.string(), device: z.string() }),
  seconds: number,
});

/** A finished run of `capsnet train` or `capsnet experiment`. */
export interface TrainedRun {
  readonly config: z.infer<typeof configSchema>;
  readonly results: z.infer<typeof resultsSchema>;
  /** Its network; the caller disposes of it. */
  network(): CapsNet;
}

/** @throws if the run is unfinished, damaged, was not trained on MNIST, or by what nobody can check out */
export async function readTrainedRun(folder: string): Promise<TrainedRun> {
  const model = await readFile(join(folder, 'model.safetensors'));
  return {
    config: await readJson(join(folder, 'config.json'), configSchema),
    results: await readJson(join(folder, 'results.json'), resultsSchema),
    network: () => decodeCapsNet(model),
  };
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const result = schema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (result.success) return result.data;
  throw new Error(`${file}: ${z.prettifyError(result.error)}`);
}
