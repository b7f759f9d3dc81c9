import { imageSize } from '@capsnet/data/node';
import type { RunConfig } from '../config/schema';
import type { Settings } from '../config/settings';
import type { ImageSets } from '../data-sets/data-set';
import { type ImageSize, sizeText } from '../pictures/image';
import { UsageError } from '../terminal/errors';

/** What a network must have to see these images. */
export interface Sizes {
  readonly image: ImageSize;
  readonly classes: number;
}

/** Of the images as they are, without a canvas. */
export function shapeOf({ train, test }: ImageSets): Sizes {
  let largest = 0;
  for (const { labels } of [train, test]) {
    for (const label of labels) largest = Math.max(largest, label);
  }
  return { image: imageSize(train), classes: train.classes?.length ?? largest + 1 };
}

/** The side of the canvas; undefined for images without one. */
export function canvasOf({ size, digits, test }: RunConfig['data']): number | undefined {
  // As MultiMNIST and affNIST have it.
  return size ?? (digits === 2 ? 36 : test === 'affine' ? 40 : undefined);
}

/** Of the images on their canvas. */
function sizesOn(data: ImageSets, config: RunConfig): Sizes {
  const { image, classes } = shapeOf(data);
  const side = canvasOf(config.data);
  return { image: { ...image, ...(side !== undefined && { height: side, width: side }) }, classes };
}

/** Image size and classes of the data, as settings: for a configuration that states others, see `checkFits`. */
export function sizesOf(data: ImageSets, config: RunConfig): Settings {
  return { model: sizesOn(data, config) };
}

/**
 * Mean and standard deviation of all pixels to train on, as settings: a network that sees pictures on bright paper as they are, from 0 to
 * 1, learns next to nothing.
 */
export function normalisation({ train: { data } }: ImageSets): Settings {
  let [sum, squares] = [0, 0];
  for (const byte of data) {
    sum += byte;
    squares += byte * byte;
  }
  const mean = sum / data.length;
  const deviation = Math.sqrt(Math.max(0, squares / data.length - mean * mean));
  const rounded = (value: number) => Number((value / 255).toFixed(4));
  // Of pictures that are all alike.
  const standardDeviation = Math.max(rounded(deviation), 0.01);
  return { model: { image: { mean: rounded(mean), standardDeviation } } };
}

/** A tenth of a set that is too small for the usual validation split, as settings. */
export function smallValidation({ train }: ImageSets): Settings {
  const count = train.labels.length;
  return count < 10_000 ? { data: { validation: Math.max(1, Math.round(count / 10)) } } : {};
}

/** @throws UsageError when the network is made for images of another size or for fewer classes */
export function checkFits(
  model: { readonly image: ImageSize; readonly classes: number },
  data: ImageSets,
  config: RunConfig,
): void {
  const { image, classes } = sizesOn(data, config);
  if (sizeText(image) !== sizeText(model.image)) {
    throw new UsageError(
      `the model sees images of ${sizeText(model.image)}, the data has ${sizeText(image)}`,
    );
  }
  const names = data.train.classes;
  if (names && names.length > model.classes) {
    throw new UsageError(`the model knows ${model.classes} classes, the data has ${names.length}`);
  }
  if (classes > model.classes) {
    throw new UsageError(
      `the model knows the labels 0 to ${model.classes - 1}, the data has a label ${classes - 1}`,
    );
  }
}
