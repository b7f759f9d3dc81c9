import { checked } from '@capsnet/core/configuration';
import { cnn } from './presets/cnn';
import { efficient } from './presets/efficient';
import { em } from './presets/em';
import { labml } from './presets/labml';
import { paper } from './presets/paper';
import { type RunConfig, runSchema } from './schema';

/** Where a configuration can start from. A new one is a file in `presets` and a place in this list. */
const stated = { paper, labml, efficient, em, cnn };

export type PresetName = keyof typeof stated;
export const presetNames = Object.keys(stated) as [PresetName, ...PresetName[]];

/** The presets with all their values. */
export const presets = Object.fromEntries(
  Object.entries(stated).map(([name, preset]) => [name, checked(runSchema, preset, `preset ${name}`)]),
) as object as Readonly<Record<PresetName, RunConfig>>;
