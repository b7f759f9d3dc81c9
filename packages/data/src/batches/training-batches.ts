import { expectKnownOptions } from '@capsnet/checks';
import {
  type AugmentationOptions,
  augmentationOptions,
  randomAugmentation,
} from '../augmentation/random-augmentation';
import type { ImageSet } from '../sets/image-set';
import { asSubset, type Subset } from '../sets/subset';
import { type BatchOptions, batchMaker, batchOptions, type ImageBatchSource } from './image-batch';
import { type ShuffledBatchesOptions, shuffledBatches } from './shuffled-batches';

export interface TrainingBatchesOptions extends BatchOptions, ShuffledBatchesOptions, AugmentationOptions {}

/**
 * Shuffled and augmented images, in floor(n / batchSize) full batches an epoch. Each epoch has an order of its own; the
 * n mod batchSize images at its end are left out of it, other ones in each epoch.
 *
 * Each image is changed as the options say, by default not at all; what comes in at the border is 0. Images of 28x28 pixels
 * with `size` 40 and `shift` 6 lie anywhere on a canvas of 40x40.
 *
 * @throws {@link CapsnetError} `invalid-argument` when the options cannot be used, {@link DataError} when the images cannot
 */
export function trainingBatches(
  images: ImageSet | Subset,
  options: TrainingBatchesOptions,
): ImageBatchSource {
  expectKnownOptions('trainingBatches', options, [...batchOptions, 'seed', ...augmentationOptions]);
  const { batchSize, size: side, seed, ...changes } = options;
  const subset = asSubset(images);
  const { make, size } = batchMaker(subset, { batchSize, size: side });
  const augment = randomAugmentation(changes, size);
  return shuffledBatches(subset.indices, { batchSize, seed }, (chosen, random) =>
    make(chosen, (image, place) => augment(image, place, size, random)),
  );
}
