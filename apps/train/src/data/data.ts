import {
  affineSet,
  type BatchSource,
  evaluationBatches,
  type ImageBatch,
  type ImageSet,
  loadMnist,
  type Mnist,
  type MultiMnistBatch,
  multiMnistBatches,
  multiMnistEvaluationBatches,
  type Subset,
  splitValidation,
  take,
  trainingBatches,
} from '@capsnet/mnist/node';
import type { RunConfig } from '../config/schema';
import type { Settings } from '../config/settings';
import type { NetworkConfig } from '../models/network';
import { type ImageSize, sizeText } from '../pictures/image';
import { blamingInput, UserError } from '../terminal/user-error';

/** @throws UserError that names the file and what is wrong with it */
export async function loadData({
  folder,
  prefix,
}: Pick<RunConfig['data'], 'folder' | 'prefix'>): Promise<Mnist> {
  if (folder === null && prefix !== null) {
    throw new UserError(`--prefix ${prefix}: expected with --data, for MNIST has one set`);
  }
  return blamingInput('data', () =>
    folder === null ? loadMnist() : loadMnist({ folder, prefix: prefix ?? undefined }),
  );
}

/** What a network for this data must have. */
export function shapeOf({ train, test }: Mnist): { image: ImageSize; classes: number } {
  const [, height, width, channels = 1] = train.images.shape as [number, number, number, number?];
  const largest = [train, test].reduce(
    (max, { labels }) => labels.reduce((most, label) => Math.max(most, label), max),
    0,
  );
  return { image: { height, width, channels }, classes: largest + 1 };
}

/** The side of the canvas; undefined for images without one. */
function canvasOf({ size, digits, test }: RunConfig['data']): number | undefined {
  // As MultiMNIST and affNIST have it.
  return size ?? (digits === 2 ? 36 : test === 'affine' ? 40 : undefined);
}

/** What a network for images on their canvas must have. */
function sizesFor(data: Mnist, config: RunConfig) {
  const { image, classes } = shapeOf(data);
  const side = canvasOf(config.data);
  return { image: { ...image, ...(side !== undefined && { height: side, width: side }) }, classes };
}

/** Image size and classes come from the data; whoever states others is told so by checkFits. */
export function sizesOf(data: Mnist, config: RunConfig): Settings {
  return { model: sizesFor(data, config) };
}

/** @throws UserError when the network is made for images of another size or for fewer classes */
export function checkFits(model: NetworkConfig, data: Mnist, config: RunConfig): void {
  const { image, classes } = sizesFor(data, config);
  if (sizeText(image) !== sizeText(model.image)) {
    throw new UserError(`the model sees images of ${sizeText(model.image)}, the data has ${sizeText(image)}`);
  }
  if (classes > model.classes) {
    throw new UserError(
      `the model knows the labels 0 to ${model.classes - 1}, the data has a label ${classes - 1}`,
    );
  }
}

/** The three parts of a data set; no validation when every image is trained on. */
export interface Splits {
  readonly train: Subset;
  readonly validation: Subset | undefined;
  readonly test: Subset;
}

/** @throws UserError when more images are to be held back than there are, or the images do not fit on the canvas */
export async function split(data: Mnist, { data: config, training: { seed } }: RunConfig): Promise<Splits> {
  const { all, validation: count, limit } = config;
  const available = data.train.labels.length;
  if (!all && count >= available) {
    throw new UserError(
      `data.validation: expected fewer than the ${available} training images, found ${count}: ` +
        'lower it with --set data.validation=..., or train on every image with --all',
    );
  }
  const { train, validation } = all
    ? { train: data.train, validation: undefined }
    : splitValidation(data.train, { count, seed });
  const test = upTo(data.test, limit);
  return {
    train: upTo(train, limit),
    validation: validation && upTo(validation, limit),
    test: config.test === 'plain' ? test : await blamingInput('configuration', () => affine(test, config)),
  };
}

function upTo(images: ImageSet | Subset, limit: number | null): Subset {
  const available = 'indices' in images ? images.indices.length : images.labels.length;
  return take(images, Math.min(limit ?? available, available));
}

/** The same images for every run, whatever its seed. */
function affine(images: Subset, config: RunConfig['data']): Subset {
  const set = affineSet(images, { seed: 1, size: canvasOf(config) });
  return take(set, set.labels.length);
}

/** One label an image, or two, and each of their digits apart. */
export type Batch = ImageBatch | MultiMnistBatch;

/** Batches of the parts that training sees. */
export interface Sources {
  readonly train: BatchSource<Batch>;
  readonly validation: BatchSource<Batch> | undefined;
}

/** @throws UserError when there are fewer images than a batch has rows, or changes that cannot be made */
export async function batchesOf({ train, validation }: Splits, config: RunConfig): Promise<Sources> {
  const { batchSize, seed } = config.training;
  return blamingInput('configuration', () => ({
    train:
      config.data.digits === 1
        ? trainingBatches(train, {
            ...config.data,
            squash: config.data.squeeze,
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
 * @throws RangeError when the images do not fit on the canvas
 */
export function imagesInOrder(images: Subset, { data }: RunConfig, batchSize: number): BatchSource<Batch> {
  return data.digits === 1
    ? evaluationBatches(images, { size: canvasOf(data), batchSize })
    : multiMnistEvaluationBatches(images, { ...pairsOf(data), batchSize, seed: 1 });
}

/**
 * The first images of a subset in one batch, of which the caller disposes.
 *
 * @throws RangeError when the images do not fit on the canvas
 */
export function firstInOrder(images: Subset, config: RunConfig, count: number): Batch {
  return imagesInOrder(images, config, Math.min(count, images.indices.length)).next();
}

/** @throws UserError for changes that are not made to pairs */
function pairsOf(data: RunConfig['data']): { shift: number; size: number | undefined } {
  const { shift, rotation, scale, squeeze, shear, erase, test } = data;
  const changed = Object.entries({ rotation, scale, squeeze, shear, erase }).find(([, value]) => value > 0);
  if (changed) {
    throw new UserError(`data.${changed[0]}: expected 0 with data.digits 2, found ${changed[1]}`);
  }
  if (test !== 'plain') throw new UserError(`data.test: expected plain with data.digits 2, found ${test}`);
  return { shift, size: canvasOf(data) };
}
