import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { settingsFromEarlier } from '../config/earlier';
import { presetNames, presets } from '../config/presets';
import { conform, resolveConfig } from '../config/resolve';
import type { RunConfig } from '../config/schema';
import type { Settings } from '../config/settings';
import { readJson } from '../files/json-file';
import { namePattern } from '../runs/run-folder';
import { UsageError, within } from '../terminal/errors';
import { invocation } from '../terminal/invocation';

const text = z.string().min(1);

const paperSchema = z.strictObject({
  /** Test error in percent, as papers print it. */
  error: z.number().min(0).max(100),
  /** Its standard deviation over trainings, where the paper has one. */
  standardDeviation: z.number().min(0).optional(),
  /** Where it stands: `table 1`. */
  source: text,
});

/** What an experiment file holds. */
export const experimentSchema = z.strictObject({
  title: text,
  /** The table that its row belongs to. */
  group: text,
  /** What a reader of the row must know besides. */
  note: text.optional(),
  preset: z.enum(presetNames),
  /** Any part of the configuration, over the preset. */
  settings: z.record(z.string(), z.unknown()),
  /** One training each, of the initial weights and of the data alike. */
  seeds: z
    .array(
      z
        .int()
        .min(0)
        .max(2 ** 32 - 1),
    )
    .min(1)
    .refine(seeds => new Set(seeds).size === seeds.length, 'each seed once'),
  /** The result to compare with. */
  paper: paperSchema.optional(),
});

/** One row of a table of results, as a file describes it. */
export interface Experiment extends z.infer<typeof experimentSchema> {
  /** Of its file, without the ending: that of its row, and of its runs. */
  readonly name: string;
  readonly file: string;
  /** Where the row is kept. */
  readonly row: string;
  /** The command that trains it again. */
  readonly command: string;
  /** What to do when it is not what was trained before. */
  readonly remedy: string;
}

/** @throws UsageError that names the file and what is wrong with it */
export async function readExperiment(file: string): Promise<Experiment> {
  return within(file, async () => {
    const described = conform(experimentSchema, await readJson(file), 'experiment');
    const name = basename(file, '.json');
    if (!namePattern.test(name)) {
      throw new UsageError('expected letters, digits, "-", "_" and "." in its name, which its runs have too');
    }
    const experiment = {
      ...described,
      settings: settingsFromEarlier(described.settings),
      name,
      file,
      row: join(dirname(file), 'results', `${name}.json`),
      command: invocation('experiment', relative('', file).replaceAll('\\', '/')),
      remedy: 'give the changed experiment a file of its own',
    };
    const { model, training } = resolveConfig(presets[experiment.preset], experiment.settings);
    const preset = presets[experiment.preset];
    if (model.seed !== preset.model.seed || training.seed !== preset.training.seed) {
      throw new UsageError('settings: expected no seed, for every one of "seeds" is trained');
    }
    return experiment;
  });
}

/** The whole configuration of one training. */
export function configOf(
  { preset, settings }: Experiment,
  seed: number,
  ...sizes: readonly Settings[]
): RunConfig {
  return resolveConfig(presets[preset], ...sizes, settings, { model: { seed }, training: { seed } });
}
