import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type PresetName, presets } from '../config/presets';
import type { RunConfig } from '../config/schema';
import { digestsOf } from '../data/digests';
import type { ImageSets } from '../data-sets/data-set';
import type { Experiment } from '../experiments/experiment';
import { runNameOf } from '../experiments/finished-run';
import { runFolder } from '../runs/run-folder';
import { expectSameData } from '../runs/sessions';
import { invocation } from '../terminal/invocation';

/**
 * A configuration, once for each seed, as an experiment: what trains those, and sums them up, trains these.
 *
 * @param name   of the runs, before `-seed-N`
 * @param config with any seeds
 * @param folder where its row is kept
 */
export function experimentOfSeeds(
  name: string,
  seeds: readonly number[],
  {
    preset,
    config,
    folder,
  }: { readonly preset: PresetName; readonly config: RunConfig; readonly folder: string },
): Experiment {
  const { model, data, training } = config;
  const { seed } = presets[preset].training;
  return {
    title: name,
    group: 'seeds',
    preset,
    settings: {
      model: { ...model, seed: presets[preset].model.seed },
      data: { ...data },
      training: { ...training, seed },
    },
    seeds: [...seeds],
    name,
    file: 'the command',
    row: join(folder, 'row.json'),
    command: invocation(...process.argv.slice(2)),
    remedy: 'choose another --name',
  };
}

/** @throws UsageError when a run of a seed that is there was trained on other images */
export async function expectImagesOfSeeds(
  experiment: Experiment,
  runs: string,
  data: ImageSets,
): Promise<void> {
  for (const seed of experiment.seeds) {
    const run = runFolder(runs, runNameOf(experiment, seed));
    if (existsSync(run.config)) await expectSameData(run, digestsOf(data));
  }
}
