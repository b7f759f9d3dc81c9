import { type AugmentationOptions, randomAugmentation } from './augmentation';
import { batchMaker, type ImageBatchSource } from './image-batch';
import { asSubset, type ImageSet, type Subset } from './image-set';
import { type ShuffledBatchesOptions, shuffledBatches } from './shuffled-batches';

export interface TrainingBatchesOptions extends ShuffledBatchesOptions, AugmentationOptions {}

/**
 * Shuffled and augmented images, in floor(n / batchSize) full batches an epoch. Each epoch has an order of its own; the
 * n mod batchSize images at its end are left out of it, other ones in each epoch.
 *
 * Each image is shifted, by default by up to two pixels in each direction, and changed as the options say; what comes in
 * at the border is 0.
 *
 * @throws RangeError or DataError when the options or the images cannot be used
 */
export function trainingBatches(
  images: ImageSet | Subset,
  { batchSize, seed, ...augmentations }: TrainingBatchesOptions,
): ImageBatchSource {
  const subset = asSubset(images);
  const { make, size } = batchMaker(subset, batchSize);
  const augment = randomAugmentation(augmentations, size);
  return shuffledBatches(subset.indices, { batchSize, seed }, (chosen, random) =>
    make(chosen, (image, place) => augment(image, place, size, random)),
  );
}
