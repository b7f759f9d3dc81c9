import { basename } from 'node:path';
import { z } from 'zod';
import { settingsFromEarlier } from '../config/earlier';
import { presetNames, presets } from '../config/presets';
import { conform, resolveConfig } from '../config/resolve';
import type { RunConfig } from '../config/schema';
import { parseAssignment, type Settings } from '../config/settings';
import { readJson } from '../files/json-file';
import { namePattern } from '../runs/run-folder';
import { messageOf, UsageError, within } from '../terminal/errors';
import {
  configurationsOf,
  type Dimension,
  dimensionsOf,
  mostConfigurations,
  samplers,
  type Values,
} from './space';

const text = z.string().min(1);
const count = z.int().min(1);
const amount = z.number().positive();

const described = z.strictObject({
  title: text,
  /** What a reader of the results must know besides. */
  note: text.optional(),
  preset: z.enum(presetNames),
  /** Any part of the configuration, over the preset, that all trainings have. */
  settings: z.record(z.string(), z.unknown()).default({}),
  /** What differs: keys of the configuration, as `--set` takes them, with their values or ranges. */
  space: z.record(z.string(), z.unknown()),
  sampler: z.enum(samplers),
  /** How many configurations; a grid has all. */
  configurations: count.max(mostConfigurations).optional(),
  /** Of the choice of configurations and of their order. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(1),
  /** Of one training to its end, in epochs or in images seen. */
  budget: z.strictObject({ epochs: count.max(1_000_000).optional(), images: count.optional() }),
  /** Asynchronous successive halving; without it every training goes to its end. */
  asha: z
    .strictObject({
      /** 1 in n configurations continues from each rung; this is n. */
      reduction: z.int().min(2).max(1000).default(3),
      /** Where trainings pause, in what the budget is counted in. */
      rungs: z.array(amount).min(1).max(100),
    })
    .optional(),
});

/** Sweep files as they are. */
export type Described = z.infer<typeof described>;

/** Many configurations of which the best on the validation split is looked for, as a file describes it. */
export interface Sweep {
  /** Of its file, without the ending: that of its folder, and of its runs. */
  readonly name: string;
  readonly file: string;
  readonly described: Described;
  readonly dimensions: readonly Dimension[];
  /** Those of the space, in the order in which they are begun. */
  readonly configurations: readonly Values[];
}

/** @throws UsageError that names the file and what is wrong with it */
export async function readSweep(file: string): Promise<Sweep> {
  return within(file, async () => {
    const read = conform(described, await readJson(file), 'sweep');
    const name = basename(file, '.json');
    if (!namePattern.test(name)) {
      throw new UsageError('expected letters, digits, "-", "_" and "." in its name, which its runs have too');
    }
    const stated = { ...read, settings: settingsFromEarlier(read.settings) };
    expectBudget(stated);
    const dimensions = dimensionsOf(stated.space);
    for (const { key } of dimensions) expectFree(key);
    expectValidation(baseOf(stated));
    const { sampler, configurations: count, seed } = stated;
    if (sampler === 'grid' && count !== undefined) {
      throw new UsageError(
        `configurations: expected none with the sampler grid, which has all, found ${count}`,
      );
    }
    const sweep = {
      name,
      file,
      described: stated,
      dimensions,
      configurations: configurationsOf(dimensions, { sampler, count, seed }),
    };
    expectOne(sweep);
    return sweep;
  });
}

/**
 * The whole configuration of a training.
 *
 * @param sizes those of its data, once they are known, and of its budget
 * @throws UsageError when the values do not make one
 */
export function configOf({ described }: Sweep, values: Values, ...sizes: readonly Settings[]): RunConfig {
  const { preset, settings } = described;
  const chosen = Object.entries(values).map(([key, value]) =>
    parseAssignment(`${key}=${JSON.stringify(value)}`),
  );
  return resolveConfig(presets[preset], ...sizes, settings, ...chosen);
}

/** The configuration without what the space changes. */
export function baseOf({ preset, settings }: Described): RunConfig {
  return resolveConfig(presets[preset], settings);
}

function expectBudget({ budget, asha, settings }: Described): void {
  if ((budget.epochs === undefined) === (budget.images === undefined)) {
    throw new UsageError('budget: expected { "epochs": n } or { "images": n }, found both or none');
  }
  const training = settings.training as Settings | undefined;
  if (training?.epochs !== undefined) {
    throw new UsageError('settings.training.epochs: expected none, for "budget" says how long a training is');
  }
  const full = budget.epochs ?? budget.images!;
  const rungs = asha?.rungs ?? [];
  for (const [index, rung] of rungs.entries()) {
    const before = rungs[index - 1] ?? 0;
    if (rung > before && rung < full) continue;
    throw new UsageError(
      `asha.rungs: expected numbers that grow, and stay below the budget of ${full}, found ${rung} after ${before}`,
    );
  }
}

/** What decides which images validate, how long a training is, or where it is computed. */
const fixed = [
  ...['set', 'folder', 'prefix', 'pictures', 'digits', 'test', 'limit', 'validation', 'all'].map(
    key => `data.${key}`,
  ),
  'training.seed',
  'training.epochs',
  'backend',
];

function expectFree(key: string): void {
  const found = fixed.find(other => `${key}.`.startsWith(`${other}.`) || other.startsWith(`${key}.`));
  if (!found) return;
  const why =
    found === 'training.epochs'
      ? '"budget" says how long a training is'
      : found === 'backend'
        ? '--backend says it for all'
        : 'errors on different images cannot be compared';
  throw new UsageError(`space.${key}: expected a key without ${found}, for ${why}`);
}

function expectValidation({ data }: RunConfig): void {
  if (data.all) {
    throw new UsageError(
      'settings.data.all: expected false, for the error on the validation split is what a sweep compares',
    );
  }
}

/** A key or a range that makes no configuration at all is a mistake of the file. */
function expectOne(sweep: Sweep): void {
  let first: unknown;
  for (const values of sweep.configurations) {
    try {
      configOf(sweep, values);
      return;
    } catch (error) {
      first ??= error;
    }
  }
  throw new UsageError(`space: ${messageOf(first).replace(/^configuration: /, '')}`, { cause: first });
}
