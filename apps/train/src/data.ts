import type { CapsNetConfig } from '@capsnet/core';
import {
  evaluationBatches,
  type ImageBatchSource,
  type ImageSet,
  loadMnist,
  type Mnist,
  type Subset,
  splitValidation,
  take,
  trainingBatches,
} from '@capsnet/mnist/node';
import type { Settings } from './config';
import type { RunConfig } from './config-schema';
import { type ImageSize, sizeText } from './image';
import { blamingInput, UserError } from './user-error';

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

/** Image size and classes come from the data; whoever states others is told so by checkFits. */
export function sizesOf(data: Mnist): Settings {
  const { image, classes } = shapeOf(data);
  return { model: { image, classes } };
}

/** @throws UserError when the network is made for images of another size or for fewer classes */
export function checkFits(config: CapsNetConfig, data: Mnist): void {
  const { image, classes } = shapeOf(data);
  if (sizeText(image) !== sizeText(config.image)) {
    throw new UserError(
      `the model sees images of ${sizeText(config.image)}, the data has ${sizeText(image)}`,
    );
  }
  if (classes > config.classes) {
    throw new UserError(
      `the model knows the labels 0 to ${config.classes - 1}, the data has a label ${classes - 1}`,
    );
  }
}

/** The three parts of a data set; no validation when every image is trained on. */
export interface Splits {
  readonly train: Subset;
  readonly validation: Subset | undefined;
  readonly test: Subset;
}

/** @throws UserError when more images are to be held back than there are */
export function split(
  data: Mnist,
  { data: { all, validation: count, limit }, training: { seed } }: RunConfig,
): Splits {
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
  return {
    train: upTo(train, limit),
    validation: validation && upTo(validation, limit),
    test: upTo(data.test, limit),
  };
}

function upTo(images: ImageSet | Subset, limit: number | null): Subset {
  const available = 'indices' in images ? images.indices.length : images.labels.length;
  return take(images, Math.min(limit ?? available, available));
}

/** Batches of the parts that training sees. */
export interface Sources {
  readonly train: ImageBatchSource;
  readonly validation: ImageBatchSource | undefined;
}

/** @throws UserError when there are fewer images than a batch has rows, or shifts leave nothing of an image */
export async function batchesOf({ train, validation }: Splits, config: RunConfig): Promise<Sources> {
  const { batchSize, seed } = config.training;
  return blamingInput('configuration', () => ({
    train: trainingBatches(train, { batchSize, seed, shift: config.data.shift }),
    validation: validation && evaluationBatches(validation, { batchSize }),
  }));
}
