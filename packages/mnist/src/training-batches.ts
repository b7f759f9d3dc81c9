import { type AugmentationOptions, randomAugmentation } from './augmentation';
import { type BatchOptions, batchMaker, type ImageBatchSource } from './image-batch';
import { asSubset, type ImageSet, type Subset } from './image-set';
import { type ShuffledBatchesOptions, shuffledBatches } from './shuffled-batches';

export interface TrainingBatchesOptions extends BatchOptions, ShuffledBatchesOptions, AugmentationOptions {}

/**
 * Shuffled and augmented images, in floor(n / batchSize) full batches an epoch. Each epoch has an order of its own; the
 * n mod batchSize images at its end are left out of it, other ones in each epoch.
 *
 * Each image is shifted, by default by up to two pixels in each direction, and changed as the options say; what comes in
 * at the border is 0. Images of 28x28 pixels with `size` 40 and `shift` 6 lie anywhere on a canvas of 40x40.
 *
 * @throws RangeError or DataError when the options or the images cannot be used
 */
export function trainingBatches(
  images: ImageSet | Subset,
  options: TrainingBatchesOptions,
): ImageBatchSource {
  const subset = asSubset(images);
  const { make, size } = batchMaker(subset, options);
  const augment = randomAugmentation(options, size);
  return shuffledBatches(subset.indices, options, (chosen, random) =>
    make(chosen, (image, place) => augment(image, place, size, random)),
  );
}
