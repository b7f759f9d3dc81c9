import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { differences, formatPercent, show } from '@capsnet/checks';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { settingsFromEarlier } from '../config/earlier';
import { presets } from '../config/presets';
import { conform, resolveConfig } from '../config/resolve';
import type { RunConfig } from '../config/schema';
import type { Settings } from '../config/settings';
import { type DataDigests, digest } from '../data/digests';
import { errorText } from '../evaluation/evaluation';
import { readJson } from '../files/json-file';
import { UsageError, within } from '../terminal/errors';
import { configOf, type Experiment } from './experiment';
import { voteOfSeeds } from './vote';

const count = z.int().min(0);
const fraction = z.number().min(0).max(1);
const backend = z.strictObject({ name: z.string(), device: z.string() });
const trainedSchema = z.strictObject({
  seed: count,
  /** Of the test images: how many, the part of them that was misclassified, and the mean loss. */
  images: count.min(1),
  error: fraction,
  /** Of pairs of digits, the part of all digits that were not found. */
  halfCreditError: fraction.optional(),
  loss: z.number().min(0),
  /** The SHA-256 of what is kept of the test images; undefined in rows of an earlier version. */
  scores: digest.optional(),
  parameters: count,
  epochs: count,
  steps: count,
  /** Training images seen, each as often as it was seen. */
  samples: count,
  /** Of training, interruptions not counted. */
  seconds: z.number().min(0),
  imagesPerSecond: z.number().min(0),
  backend,
  /** Others that had trained the run before it was resumed. */
  earlierBackends: z.array(backend).readonly().optional(),
  /** The SHA-256 of the images and labels of each part; undefined in rows of an earlier version. */
  data: z.strictObject({ train: digest, test: digest }).optional(),
  /** The machines that trained it, in their order; undefined when it was not trained by way of a queue. */
  hosts: z.array(z.string()).readonly().optional(),
  versions: z.record(z.string(), z.string()),
  commit: z.string().optional(),
  command: z.string(),
  date: z.string(),
});

const metricsSchema = z.strictObject({ error: fraction, loss: z.number().min(0) });

const rowSchema = z.strictObject({
  /** What the experiment's file says, in full, with the first of its seeds and the image size of its data. */
  config: z.record(z.string(), z.unknown()),
  /** One for each seed that has been trained, in the order of the file. */
  trained: z.array(trainedSchema).min(1),
  mean: metricsSchema,
  /** The standard deviation of a sample, divided by one less than there are seeds; null for one seed. */
  standardDeviation: metricsSchema.nullable(),
  /** Of those seeds of which the scores are kept; null for fewer than two. */
  vote: z
    .strictObject({ seeds: z.array(count).readonly(), error: fraction, halfCreditError: fraction.optional() })
    .nullable()
    .default(null),
});

/** What one training of an experiment came to, and everything needed to get it again. */
export type Trained = z.infer<typeof trainedSchema>;
/** What all trainings of an experiment so far came to, as it is stored. */
export type Row = z.infer<typeof rowSchema>;

/**
 * The stored row; undefined when nothing has been trained yet.
 *
 * @throws UsageError when it was measured with other settings or seeds than the experiment's file has now
 */
export async function readRow(experiment: Experiment): Promise<Row | undefined> {
  if (!existsSync(experiment.row)) return undefined;
  return within(experiment.row, async () => {
    const row = conform(rowSchema, await readJson(experiment.row), 'row');
    await expectOwnSummary(experiment, row);
    // What the version that wrote it did not know yet is as the preset has it.
    const config = resolveConfig(presets[experiment.preset], settingsFromEarlier(row.config));
    const { image, classes } = config.model;
    checkSame(experiment, config, configOf(experiment, experiment.seeds[0]!, { model: { image, classes } }));
    const stranger = row.trained.find(({ seed }) => !experiment.seeds.includes(seed));
    const now = `seeds ${experiment.seeds.join(', ')}`;
    if (stranger) throw new UsageError(changed(experiment, `seed ${stranger.seed}`, now));
    return row;
  });
}

/** @throws UsageError that names the first value which the file has changed since; seeds and backend do not count */
export function checkSame(experiment: Experiment, before: RunConfig, now: RunConfig): void {
  const [difference] = differences(comparable(before), comparable(now));
  if (!difference) return;
  throw new UsageError(
    changed(experiment, `${difference.path} ${show(difference.before)}`, show(difference.now)),
  );
}

function comparable({ model, data, training }: RunConfig): unknown {
  return { model: { ...model, seed: null }, data, training: { ...training, seed: null } };
}

function changed({ file, remedy }: Experiment, before: string, now: string): string {
  return `was trained with ${before}, and ${file} now says ${now}: ${remedy}, or remove what was trained`;
}

/** @throws UsageError when the row was measured on other images */
export function checkSameData(experiment: Experiment, row: Row | undefined, found: DataDigests): void {
  for (const { seed, data } of row?.trained ?? []) {
    if (!data || (data.train === found.train && data.test === found.test)) continue;
    throw new UsageError(
      `${experiment.row}: seed ${seed} was trained or tested on other images or labels than the data have now: ` +
        'put them back, or give the experiment on other images a file of its own',
    );
  }
}

/** Seeds that are still to be trained. */
export function missingSeeds({ seeds }: Experiment, row: Row | undefined): number[] {
  return seeds.filter(seed => !row?.trained.some(other => other.seed === seed));
}

/** Stores the row with one more training in it; `sizes` are those of its data. */
export async function extendRow(
  experiment: Experiment,
  sizes: Settings,
  row: Row | undefined,
  trained: Trained,
): Promise<Row> {
  const { seeds } = experiment;
  const all = [...(row?.trained ?? []), trained].sort(
    (a, b) => seeds.indexOf(a.seed) - seeds.indexOf(b.seed),
  );
  const extended = {
    config: configOf(experiment, seeds[0]!, sizes),
    trained: all,
    ...(await summaryOf(experiment, all)),
  };
  await mkdir(dirname(experiment.row), { recursive: true });
  await writeFileAtomic(experiment.row, `${JSON.stringify(extended, null, 2)}\n`);
  return extended;
}

async function summaryOf(
  experiment: Experiment,
  trained: readonly Trained[],
): Promise<Pick<Row, 'mean' | 'standardDeviation' | 'vote'>> {
  const errors = trained.map(({ error }) => error);
  const losses = trained.map(({ loss }) => loss);
  return {
    mean: { error: mean(errors), loss: mean(losses) },
    standardDeviation: trained.length > 1 ? { error: deviationOf(errors), loss: deviationOf(losses) } : null,
    vote: await voteOfSeeds(experiment, trained),
  };
}

/** Somebody may have changed one figure by hand. */
async function expectOwnSummary(
  experiment: Experiment,
  { trained, config: _, ...summary }: Row,
): Promise<void> {
  const [difference] = differences(rounded(await summaryOf(experiment, trained)), rounded(summary));
  if (!difference) return;
  throw new UsageError(
    `${difference.path}: expected ${show(difference.before)}, as the trainings in it give, found ${show(difference.now)}: ` +
      'restore the file, or remove it and train again',
  );
}

/** Sums may be made in another order. */
function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, part) =>
    typeof part === 'number' ? Number(part.toPrecision(9)) : part,
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviationOf(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

/** What all trainings of a row have in common, or the different values that they have. */
export function distinct(row: Row, value: (trained: Trained) => string): string {
  return [...new Set(row.trained.map(value))].join(', ');
}

/** `0.41%`, or with several seeds `0.413 ± 0.036%`; of pairs of digits by both rules. */
export function errorOf(row: Row): string {
  const { mean: average, standardDeviation, trained } = row;
  const halves = trained.flatMap(({ halfCreditError }) => halfCreditError ?? []);
  const error = standardDeviation
    ? `${percentOf(average.error)} ± ${percentOf(standardDeviation.error)}%`
    : formatPercent(average.error);
  if (halves.length < trained.length) return error;
  const half = standardDeviation
    ? `${percentOf(mean(halves))} ± ${percentOf(deviationOf(halves))}%`
    : formatPercent(mean(halves));
  return `${error}; ${half} at half a credit a digit`;
}

/** `0.32%, seeds 1, 2, 3` */
export function voteText({ seeds, ...vote }: NonNullable<Row['vote']>): string {
  return `${errorText(vote)}, seeds ${seeds.join(', ')}`;
}

function percentOf(fraction: number): string {
  return (100 * fraction).toFixed(3);
}

/** `0.25 ± 0.005% (table 1)` */
export function errorIn({ error, standardDeviation, source }: NonNullable<Experiment['paper']>): string {
  return `${error}${standardDeviation === undefined ? '' : ` ± ${standardDeviation}`}% (${source})`;
}
