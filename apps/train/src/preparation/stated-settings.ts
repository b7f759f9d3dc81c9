import type { PretrainedName } from '@capsnet/pretrained';
import type { PresetName } from '../config/presets';
import { readSettings } from '../config/read-settings';
import { merge } from '../config/resolve';
import type { RunConfig } from '../config/schema';
import { parseAssignment, type Settings } from '../config/settings';
import { chooseData } from '../named-sets/choose-data';
import type { Console } from '../terminal/console';
import { withContext, within } from '../terminal/errors';

/** What the options of `capsnet train` say of a run and its configuration. */
export interface TrainingOptions {
  readonly runs: string;
  readonly name?: string | undefined;
  readonly preset?: PresetName | undefined;
  readonly config?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly epochs?: number | undefined;
  readonly accumulate?: number | undefined;
  readonly localSteps?: number | undefined;
  readonly seed?: number | undefined;
  readonly data?: string | undefined;
  readonly mirror?: string | undefined;
  readonly prefix?: string | undefined;
  readonly size?: { readonly height: number; readonly width: number } | undefined;
  readonly fit?: string | undefined;
  readonly limit?: number | undefined;
  readonly all?: boolean | undefined;
  readonly backend?: string | undefined;
  readonly from?: string | undefined;
  readonly pretrained?: PretrainedName | undefined;
}

/** What the file, `--set` and the shorter options say of `base` together, the later ones winning. */
export async function statedSettings(
  base: RunConfig,
  { config, set = [], ...options }: TrainingOptions,
  output: Console,
): Promise<Settings> {
  const { data, mirror } = options;
  const chosen = data === undefined ? undefined : await chooseData({ data, mirror }, output);
  const short: readonly (readonly [string, unknown])[] = [
    ['training.epochs', options.epochs],
    ['training.accumulate', options.accumulate],
    ['training.localSteps', options.localSteps],
    ['training.seed', options.seed],
    ['model.seed', options.seed],
    ['data.set', chosen?.set],
    ['data.folder', chosen?.folder],
    ['data.prefix', options.prefix],
    ['data.pictures.height', options.size?.height],
    ['data.pictures.width', options.size?.width],
    ['data.pictures.fit', options.fit],
    ['data.limit', options.limit],
    ['data.all', options.all],
    ['backend', options.backend],
  ];
  const stated = [
    ...set,
    ...short
      .filter(([, value]) => value !== undefined)
      .map(([path, value]) => `${path}=${JSON.stringify(value)}`),
  ];
  let settings: Settings = config === undefined ? {} : await readSettings(config);
  let merged = merge(base, settings);
  for (const assignment of stated) {
    const one = await withContext(`--set ${assignment}`, () => parseAssignment(assignment));
    // Only in the whole is it known how long a list is.
    merged = await within(`--set ${assignment}`, () => merge(merged, one));
    settings = merge(settings, one) as Settings;
  }
  return settings;
}
