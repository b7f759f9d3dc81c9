import * as tf from '@tensorflow/tfjs-core';
import { type ImageSet, type ImageSize, imageSize, type Subset } from './image-set';

/** Anything that survives `JSON.parse(JSON.stringify(value))`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Some images as tensors. Whoever called `next()` disposes of it. */
export interface ImageBatch {
  /** 0..1, [batch, height, width, channels] float32. */
  readonly images: tf.Tensor4D;
  /** [batch] int32 */
  readonly labels: tf.Tensor1D;
  /** How many rows are real; the rows after them are zeros. */
  readonly count: number;
  dispose(): void;
}

/** Makes batches of one shape, one at a time, without end: a new epoch follows after `batchesPerEpoch` batches. */
export interface ImageBatchSource {
  readonly batchesPerEpoch: number;
  next(): ImageBatch;
  /** The position, and what the coming batches depend on: a few numbers. */
  state(): Json;
  /**
   * Goes on exactly where a source over the same images and with the same options was.
   *
   * @throws RangeError when the state is not one of such a source; nothing has changed then
   */
  restore(state: Json): void;
}

/** Writes one image, given as 0..1 [height, width, channels], into its place in the batch. */
type Placement = (image: Float32Array, place: Float32Array) => void;

/** Makes a batch of the images at `indices`, at most as many as the batch has rows. */
export type MakeBatch = (indices: Uint32Array, place: Placement) => ImageBatch;

/** Bytes as 0..1. */
const intensity = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** @throws RangeError when the batch size is not a positive integer or an index is not one of the set's */
export function batchMaker(
  { set, indices }: Subset,
  batchSize: number,
): { make: MakeBatch; size: ImageSize } {
  const size = imageSize(set);
  const { images, labels }: ImageSet = set;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(`expected a batch size of at least 1, found ${batchSize}`);
  }
  if (indices.length === 0) throw new RangeError('expected a subset of at least one image, found none');
  const outside = indices.find(index => index >= labels.length);
  if (outside !== undefined) {
    throw new RangeError(`expected indices below ${labels.length}, the number of images, found ${outside}`);
  }

  const pixels = size.height * size.width * size.channels;
  const image = new Float32Array(pixels);
  const make: MakeBatch = (chosen, place) => {
    // New arrays every time: a backend may keep a tensor's array and read it later.
    const values = new Float32Array(batchSize * pixels);
    const classes = new Int32Array(batchSize);
    for (const [row, index] of chosen.entries()) {
      for (let i = 0, at = index * pixels; i < pixels; i++, at++) image[i] = intensity[images[at]!]!;
      place(image, values.subarray(row * pixels, (row + 1) * pixels));
      classes[row] = labels[index]!;
    }
    const tensors = {
      images: tf.tensor4d(values, [batchSize, size.height, size.width, size.channels]),
      labels: tf.tensor1d(classes, 'int32'),
    };
    return { ...tensors, count: chosen.length, dispose: () => tf.dispose(tensors) };
  };
  return { make, size };
}
