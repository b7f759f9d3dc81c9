import type { RunConfig } from '../config/schema';
import { digestsOf } from '../data/digests';
import { loadData } from '../data/load-data';
import { checkFits } from '../data/sizes';
import type { ImageSets } from '../data-sets/data-set';
import { expectSameConfig, expectSameData, hasSameData } from '../runs/sessions';
import type { TrainedModel } from './open-model';

export interface ModelData {
  readonly data: ImageSets;
  /** What is known of the images: that of the run for its own, wherever they lie now; for others that all are new. */
  readonly config: RunConfig;
}

/**
 * The images that the options name, or those of the run.
 *
 * @throws UsageError when they do not fit the network, or are said to be those of the run and are not
 */
export async function openData({ net, run, config }: TrainedModel): Promise<ModelData> {
  const data = await loadData(config.data);
  checkFits(net.config, data, config);
  if (!run) return { data, config };
  const digests = digestsOf(data);
  if (config === run.config) {
    await expectSameConfig(run.folder, config);
    await expectSameData(run.folder, digests);
    return { data, config };
  }
  const { set, folder, prefix } = config.data;
  const own = { ...run.config, data: { ...run.config.data, set, folder, prefix } };
  return { data, config: (await hasSameData(run.folder, digests)) ? own : config };
}
