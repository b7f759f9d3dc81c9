import { show } from '@capsnet/checks';
import type { RunConfig } from '../config/schema';
import { digestsOf } from '../data/digests';
import { loadData } from '../data/load-data';
import { checkFits } from '../data/sizes';
import type { ImageSets } from '../data-sets/data-set';
import { expectSameConfig, expectSameData, hasSameData } from '../runs/sessions';
import { UsageError } from '../terminal/errors';
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
export async function openData({ net, run, config, pictures }: TrainedModel): Promise<ModelData> {
  const data = await loadData(config === run?.config ? config.data : asSeen(config.data, net, pictures));
  expectSameClasses(pictures.classes, data.train.classes);
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

/** Other pictures are read at the size that the network sees, unless that is on a canvas, and as those that it was trained on. */
function asSeen(data: RunConfig['data'], { config }: TrainedModel['net'], { fit }: TrainedModel['pictures']) {
  const { height, width, channels } = config.image;
  const isKnown = channels === 1 || channels === 3;
  if (data.set !== 'pictures' || !isKnown || data.size !== null) return data;
  return { ...data, pictures: { ...data.pictures, height, width, channels, fit } } as const;
}

/** @throws UsageError when the data has other classes than the network was trained on: their labels would mean others */
function expectSameClasses(known: readonly string[] | undefined, found: readonly string[] | undefined): void {
  if (!known || !found) return;
  const at = found.findIndex((name, label) => name !== known[label]);
  if (at < 0) return;
  throw new UsageError(
    `data: expected the classes that the model was trained on, of which ${show(known[at])} is number ${at}, found ${show(found[at])}`,
  );
}
