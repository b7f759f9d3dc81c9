import * as tf from '@tensorflow/tfjs-core';
import { imageReader } from '../sets/image-reader';
import type { ImageSize } from '../sets/image-set';
import type { Subset } from '../sets/subset';
import type { BatchSource } from './batch-source';

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

/** A source of images and their labels. */
export type ImageBatchSource = BatchSource<ImageBatch>;

/** Writes one image, given as 0..1 [height, width, channels], into its place in the batch. */
type Placement = (image: Float32Array, place: Float32Array) => void;

/** Makes a batch of the images at `indices`, at most as many as the batch has rows. */
export type MakeBatch = (indices: Uint32Array, place: Placement) => ImageBatch;

/** Both kinds of batches of images have these. */
export interface BatchOptions {
  readonly batchSize: number;
  /** The side in pixels of a square black canvas, in whose middle each image is put. By default none, the image alone. */
  readonly size?: number | undefined;
}

/** The names of {@link BatchOptions}. */
export const batchOptions = ['batchSize', 'size'] as const satisfies readonly (keyof BatchOptions)[];

/** @throws {@link CapsnetError} `invalid-argument` when the options cannot be used, {@link DataError} when the images cannot */
export function batchMaker(
  subset: Subset,
  { batchSize, size: side }: BatchOptions,
): { make: MakeBatch; size: ImageSize } {
  const { size, read } = imageReader(subset, side);
  const { labels } = subset.set;
  const shape: [number, number, number, number] = [batchSize, size.height, size.width, size.channels];
  const pixels = size.height * size.width * size.channels;
  const make: MakeBatch = (chosen, place) => {
    // New arrays every time: a backend may keep a tensor's array and read it later.
    const values = new Float32Array(batchSize * pixels);
    const classes = new Int32Array(batchSize);
    for (const [row, index] of chosen.entries()) {
      place(read(index), values.subarray(row * pixels, (row + 1) * pixels));
      classes[row] = labels[index]!;
    }
    const tensors = { images: tf.tensor4d(values, shape), labels: tf.tensor1d(classes, 'int32') };
    return { ...tensors, count: chosen.length, dispose: () => tf.dispose(tensors) };
  };
  return { make, size };
}
