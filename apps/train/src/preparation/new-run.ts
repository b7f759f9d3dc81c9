import type { PickedBackend } from '@capsnet/backend';
import { networkConfig } from '@capsnet/core';
import { presets } from '../config/presets';
import { resolveConfig } from '../config/resolve';
import type { RunConfig } from '../config/schema';
import { loadData } from '../data/load-data';
import { normalisation, sizesOf, smallValidation } from '../data/sizes';
import type { ImageSets } from '../data-sets/data-set';
import { type RunFolder, runFolder, unusedName } from '../runs/run-folder';
import type { Console } from '../terminal/console';
import { withContext } from '../terminal/errors';
import { chooseOrigin } from './origin';
import { statedSettings, type TrainingOptions } from './stated-settings';

/** What is trained, on which images. */
export interface Prepared {
  readonly config: RunConfig;
  readonly data: ImageSets;
  /** If it had to be picked already. */
  readonly picked?: PickedBackend | undefined;
}

/** @throws UsageError for a name that no folder can have */
export function nameOfNewRun({ runs, name, preset = 'paper' }: TrainingOptions): RunFolder {
  return runFolder(runs, name ?? unusedName(runs, preset, new Date()));
}

/**
 * The whole configuration of a new run, and its images.
 *
 * @throws UsageError for a setting that cannot be, or for images or weights that cannot be read
 */
export async function prepareNewRun(options: TrainingOptions, output: Console): Promise<Prepared> {
  const origin = await chooseOrigin(options, output);
  const preset = presets[options.preset ?? 'paper'];
  const base = origin ? resolveConfig(preset, origin.settings) : preset;
  const settings = await statedSettings(base, options, output);
  const given = resolveConfig(base, settings);
  const data = await loadData(given.data, output);
  const arePictures = given.data.set === 'pictures';
  const config = resolveConfig(
    base,
    sizesOf(data, given),
    smallValidation(data),
    // A trained network sees pictures as it has learnt to.
    arePictures && !origin?.hasNetwork ? normalisation(data) : {},
    // The paper moves its digits; who has not asked for its preset has not asked for that either.
    arePictures && options.preset === undefined ? { data: { shift: 0 } } : {},
    settings,
  );
  await withContext('configuration', () => networkConfig(config.model));
  return { config, data, picked: origin?.picked };
}
