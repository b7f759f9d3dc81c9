import { type AugmentationOptions, randomAugmentation } from './augmentation';
import { savedPosition, savedRandom } from './batch-state';
import { batchMaker, type ImageBatchSource } from './image-batch';
import { asSubset, type ImageSet, type Subset } from './image-set';
import { randomFromState, seededRandom, shuffle } from './random';

export interface TrainingBatchesOptions extends AugmentationOptions {
  readonly batchSize: number;
  /** An integer from 0 to 2^32 - 1: the same seed gives the same batches, bit for bit. */
  readonly seed: number;
}

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
  const { indices } = subset;
  const batchesPerEpoch = Math.floor(indices.length / batchSize);
  if (batchesPerEpoch === 0) {
    throw new RangeError(
      `expected a batch size of at most ${indices.length}, the number of images, found ${batchSize}`,
    );
  }
  const augment = randomAugmentation(augmentations, size);

  const source = { images: indices.length, batchSize };
  const order = new Uint32Array(indices.length);
  let random = seededRandom(seed);
  let position = 0;
  // Where `random` was before it shuffled this epoch's order: all that is saved of the order.
  let beforeShuffle = random.getState();

  function startEpoch() {
    beforeShuffle = random.getState();
    order.set(indices);
    shuffle(order, random);
    position = 0;
  }
  startEpoch();

  return {
    batchesPerEpoch,
    next() {
      if (position === batchesPerEpoch) startEpoch();
      const start = position++ * batchSize;
      return make(order.subarray(start, start + batchSize), (image, place) =>
        augment(image, place, size, random),
      );
    },
    state: () => ({ ...source, position, beforeShuffle: [...beforeShuffle], random: [...random.getState()] }),
    restore(state) {
      const savedAt = savedPosition(state, source, batchesPerEpoch);
      const shuffledFrom = savedRandom(state, 'beforeShuffle');
      const drawnUpTo = savedRandom(state, 'random');
      random = randomFromState(shuffledFrom);
      startEpoch();
      random = randomFromState(drawnUpTo);
      position = savedAt;
    },
  };
}
