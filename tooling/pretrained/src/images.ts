import { type BatchSource, multiMnistEvaluationBatches, type Subset } from '@capsnet/mnist/node';
import type { RunConfig } from '../../../apps/train/src/config/schema';
import { type Batch, imagesInOrder } from '../../../apps/train/src/data/batches';
import { loadData } from '../../../apps/train/src/data/load-data';
import { first, split } from '../../../apps/train/src/data/splits';

/** Images, which a network is shown as the configuration of its run says. */
export interface Images {
  readonly subset: Subset;
  readonly config: RunConfig;
}

export interface ImagesOfRun {
  /** As `capsnet evaluate` takes them. */
  readonly test: Images;
  /** Up to 10,000 to judge by: those that the run held back, or else training images. */
  readonly validation: Images;
  /** The first test images, for the tests of `@capsnet/pretrained` to compare with. */
  readonly golden: BatchSource<Batch>;
}

/** Images at a time. */
export const batchSize = 128;
const mostValidated = 10_000;
const goldenImages = 300;
/** Pairs for the tests are made of so few images, since a page has no more of them. */
const goldenDigits = 10;

export async function imagesOf(config: RunConfig): Promise<ImagesOfRun> {
  const { train, validation = train, test } = await split(await loadData(config.data), config);
  return {
    test: { subset: test, config },
    validation: { subset: first(validation, mostValidated), config },
    golden: goldenOf(test, config),
  };
}

function goldenOf(test: Subset, config: RunConfig): BatchSource<Batch> {
  if (config.data.digits === 1) return imagesInOrder(first(test, goldenImages), config, batchSize);
  const { shift, size } = config.data;
  const pairs = { batchSize, shift, size: size ?? undefined, seed: 1, pairs: goldenImages };
  return multiMnistEvaluationBatches(first(test, goldenDigits), pairs);
}
