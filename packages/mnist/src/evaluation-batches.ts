import { savedPosition } from './batch-state';
import { type BatchOptions, batchMaker, type ImageBatchSource } from './image-batch';
import { asSubset, type ImageSet, type Subset } from './image-set';

/**
 * All images in their order, in ceil(n / batchSize) batches an epoch. The last batch of an epoch is padded with zeros
 * to the full size; its `count` rows are real.
 *
 * @throws RangeError or DataError when the options or the images cannot be used
 */
export function evaluationBatches(images: ImageSet | Subset, options: BatchOptions): ImageBatchSource {
  const subset = asSubset(images);
  const { make } = batchMaker(subset, options);
  const { indices } = subset;
  const { batchSize } = options;
  const source = { images: indices.length, batchSize };
  const batchesPerEpoch = Math.ceil(indices.length / batchSize);
  let position = 0;

  return {
    batchesPerEpoch,
    next() {
      position %= batchesPerEpoch;
      const start = position++ * batchSize;
      return make(indices.subarray(start, start + batchSize), (image, place) => place.set(image));
    },
    state: () => ({ ...source, position }),
    restore(state) {
      position = savedPosition(state, source, batchesPerEpoch);
    },
  };
}
