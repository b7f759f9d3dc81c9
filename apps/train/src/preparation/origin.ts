import { resolve } from 'node:path';
import type { PickedBackend } from '@capsnet/backend';
import { presets } from '../config/presets';
import type { Settings } from '../config/settings';
import { openOrigin } from '../models/initial-weights';
import { chooseBackend } from '../terminal/backend';
import type { Console } from '../terminal/console';
import type { TrainingOptions } from './stated-settings';

/** What `--from` or `--pretrained` says of the configuration. */
export interface ChosenOrigin {
  readonly settings: Settings;
  /** Whether the network that is trained is of the same configuration, where nothing else is said. */
  readonly hasNetwork: boolean;
  /** It is needed to read the weights. */
  readonly picked: PickedBackend;
}

/**
 * The trained network that a training is to start from: its weights, by their digest, and its configuration, unless a preset or a file
 * gives another one.
 *
 * @returns undefined for a training that starts from random weights
 * @throws UsageError when there is no such network
 */
export async function chooseOrigin(
  { from, pretrained, preset, config, backend }: TrainingOptions,
  output: Console,
): Promise<ChosenOrigin | undefined> {
  if (from === undefined && pretrained === undefined) return undefined;
  const place = { file: from === undefined ? null : resolve(from), pretrained: pretrained ?? null };
  const picked = await chooseBackend(output, backend);
  const { net, digest } = await openOrigin({ ...place, digest: null });
  net.dispose();
  const hasNetwork = preset === undefined && config === undefined;
  return {
    picked,
    hasNetwork,
    settings: {
      ...(hasNetwork && { model: { ...net.config, seed: presets.paper.model.seed } }),
      training: { from: { ...place, digest } },
    },
  };
}
