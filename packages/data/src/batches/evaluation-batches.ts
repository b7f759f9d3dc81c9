import { expectKnownOptions } from '@capsnet/checks';
import type { ImageSet } from '../sets/image-set';
import { asSubset, type Subset } from '../sets/subset';
import { type BatchOptions, batchMaker, batchOptions, type ImageBatchSource } from './image-batch';
import { orderedBatches } from './ordered-batches';

/**
 * All images in their order, in ceil(n / batchSize) batches an epoch. The last batch of an epoch is padded with zeros
 * to the full size; its `count` rows are real.
 *
 * @throws {@link CapsnetError} `invalid-argument` when the options cannot be used, {@link DataError} when the images cannot
 */
export function evaluationBatches(images: ImageSet | Subset, options: BatchOptions): ImageBatchSource {
  expectKnownOptions('evaluationBatches', options, batchOptions);
  const { batchSize } = options;
  const subset = asSubset(images);
  const { make } = batchMaker(subset, options);
  return orderedBatches(subset.indices, { batchSize }, chosen =>
    make(chosen, (image, place) => place.set(image)),
  );
}
