import { type ImageSet, type Subset, splitValidation, take } from '@capsnet/data/node';
import { affineSet } from '@capsnet/mnist/node';
import type { RunConfig } from '../config/schema';
import type { ImageSets } from '../data-sets/data-set';
import { UsageError, withContext } from '../terminal/errors';
import { canvasOf } from './sizes';

/** The three parts of a data set; no validation when every image is trained on. */
export interface Splits {
  readonly train: Subset;
  readonly validation: Subset | undefined;
  readonly test: Subset;
}

/** @throws UsageError when more images are to be split off than there are, or the images do not fit on the canvas */
export async function split(data: ImageSets, config: RunConfig): Promise<Splits> {
  const { all, validation: count, limit } = config.data;
  const available = data.train.labels.length;
  if (!all && count >= available) {
    throw new UsageError(
      `data.validation: expected fewer than the ${available} training images, found ${count}: ` +
        'lower it with --set data.validation=..., or train on every image with --all',
    );
  }
  const { train, validation } = all
    ? { train: data.train, validation: undefined }
    : splitValidation(data.train, { count, seed: config.training.seed });
  return {
    train: first(train, limit),
    validation: validation && first(validation, limit),
    test: await testImages(data, config, limit),
  };
}

/**
 * The first images to test with, or all of them.
 *
 * @throws UsageError when the images do not fit on the canvas, or are pairs, of which there are only plain ones
 */
export async function testImages(
  data: ImageSets,
  { data: config }: RunConfig,
  limit: number | null = null,
): Promise<Subset> {
  const test = first(data.test, limit);
  if (config.test === 'plain') return test;
  if (config.digits === 2) {
    throw new UsageError(`data.test: expected plain with data.digits 2, found ${config.test}`);
  }
  return withContext('configuration', () => {
    // The same images for every run, whatever its seed
    const affine = affineSet(test, { seed: 1, size: canvasOf(config) });
    return first(affine, null);
  });
}

/** At most `limit` of the images, in their order. */
export function first(images: ImageSet | Subset, limit: number | null): Subset {
  const available = 'indices' in images ? images.indices.length : images.labels.length;
  return take(images, Math.min(limit ?? available, available));
}
