import {
  type BatchSource,
  evaluationBatches,
  type ImageBatch,
  type Subset,
  trainingBatches,
} from '@capsnet/data/node';
import { type MultiMnistBatch, multiMnistBatches, multiMnistEvaluationBatches } from '@capsnet/mnist/node';
import type { RunConfig } from '../config/schema';
import { UsageError, withContext } from '../terminal/errors';
import { canvasOf } from './sizes';
import type { Splits } from './splits';

/** One label an image, or two, and each of their digits apart. */
export type Batch = ImageBatch | MultiMnistBatch;

/** Batches of the parts that training sees. */
export interface Sources {
  readonly train: BatchSource<Batch>;
  readonly validation: BatchSource<Batch> | undefined;
}

/** @throws UsageError when there are fewer images than a batch has rows, or for an augmentation that cannot be made */
export async function batchesOf({ train, validation }: Splits, config: RunConfig): Promise<Sources> {
  const { batchSize, seed } = config.training;
  const {
    set,
    folder,
    prefix,
    pictures,
    digits,
    test,
    limit,
    validation: count,
    all,
    ...changes
  } = config.data;
  return withContext('configuration', () => ({
    train:
      digits === 1
        ? trainingBatches(train, {
            ...changes,
            size: canvasOf(config.data),
            batchSize,
            seed,
          })
        : multiMnistBatches(train, { ...pairsOf(config.data), batchSize, seed }),
    validation: validation && imagesInOrder(validation, config, batchSize),
  }));
}

/**
 * All images of a subset, in order; of pairs of digits as many as there are images, the same ones each time.
 *
 * @throws when the images do not fit on the canvas
 */
export function imagesInOrder(images: Subset, { data }: RunConfig, batchSize: number): BatchSource<Batch> {
  return data.digits === 1
    ? evaluationBatches(images, { size: canvasOf(data), batchSize })
    : multiMnistEvaluationBatches(images, { ...pairsOf(data), batchSize, seed: 1 });
}

/**
 * The first images of a subset in one batch, of which the caller disposes.
 *
 * @throws when the images do not fit on the canvas
 */
export function firstInOrder(images: Subset, config: RunConfig, count: number): Batch {
  return imagesInOrder(images, config, Math.min(count, images.indices.length)).next();
}

/** @throws UsageError for an augmentation that is not made of pairs */
function pairsOf(data: RunConfig['data']): { shift: number; size: number | undefined } {
  const { shift, rotation, scale, squeeze, shear, flip, brightness, contrast, erase } = data;
  const augmented = Object.entries({
    rotation,
    scale,
    squeeze,
    shear,
    flip,
    brightness,
    contrast,
    erase,
  }).find(([, value]) => value > 0);
  if (augmented) {
    throw new UsageError(`data.${augmented[0]}: expected 0 with data.digits 2, found ${augmented[1]}`);
  }
  return { shift, size: canvasOf(data) };
}
