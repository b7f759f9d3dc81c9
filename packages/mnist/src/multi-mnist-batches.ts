import { expectKnownOptions } from '@capsnet/checks';
import {
  asSubset,
  type BatchSource,
  DataError,
  type ImageSet,
  imageReader,
  orderedBatches,
  type Random,
  randomAugmentation,
  type ShuffledBatchesOptions,
  type Subset,
  shuffledBatches,
  uniformInt,
} from '@capsnet/data';
import * as tf from '@tensorflow/tfjs-core';

/** Images of two digits each as tensors. Whoever called `next()` disposes of it. */
export interface MultiMnistBatch {
  /** The digits one over the other, min(1, first + second): 0..1, [batch, size, size, channels] float32. */
  readonly images: tf.Tensor4D;
  /** The two classes, which are never the same: [batch, 2] int32. */
  readonly labels: tf.Tensor2D;
  /** Each digit alone, in the order of the labels and where it lies in `images`: two of [batch, size, size, channels]. */
  readonly digits: readonly [first: tf.Tensor4D, second: tf.Tensor4D];
  /** How many rows are real. Those after them are black, and labelled 0 and 1: networks refuse two labels that are the same. */
  readonly count: number;
  dispose(): void;
}

export interface MultiMnistBatchesOptions extends ShuffledBatchesOptions {
  /** The largest shift of each digit in pixels, in each direction. Default 4, as in the paper. */
  readonly shift?: number | undefined;
  /** The side in pixels of the square images, in whose middle the digits lie before they are shifted. Default 36. */
  readonly size?: number | undefined;
}

/** The names of {@link MultiMnistBatchesOptions}. */
const pairOptions = [
  'batchSize',
  'seed',
  'shift',
  'size',
] as const satisfies readonly (keyof MultiMnistBatchesOptions)[];

export interface MultiMnistEvaluationBatchesOptions extends MultiMnistBatchesOptions {
  /** How many pairs the fixed set has. Default as many as there are images. */
  readonly pairs?: number | undefined;
}

/**
 * MultiMNIST, for training: pairs of digits of different classes, each shifted by itself, made anew without end.
 *
 * An epoch takes each image once as the first digit, in an order of its own and in floor(n / batchSize) full batches. The
 * second is drawn from all images of another class.
 *
 * @throws {@link CapsnetError} `invalid-argument` when the options cannot be used, {@link DataError} when the images cannot
 */
export function multiMnistBatches(
  images: ImageSet | Subset,
  options: MultiMnistBatchesOptions,
): BatchSource<MultiMnistBatch> {
  expectKnownOptions('multiMnistBatches', options, pairOptions);
  const { batchSize, seed } = options;
  const subset = asSubset(images);
  return shuffledBatches(subset.indices, { batchSize, seed }, pairMaker(subset, options));
}

/**
 * MultiMNIST, for evaluation: a fixed set of pairs, the same in each epoch, in ceil(pairs / batchSize) batches. The images
 * take turns as the first digit, in their order. The last batch is padded with black images; its `count` rows are real.
 *
 * @throws {@link CapsnetError} `invalid-argument` when the options cannot be used, {@link DataError} when the images cannot
 */
export function multiMnistEvaluationBatches(
  images: ImageSet | Subset,
  options: MultiMnistEvaluationBatchesOptions,
): BatchSource<MultiMnistBatch> {
  expectKnownOptions('multiMnistEvaluationBatches', options, [...pairOptions, 'pairs']);
  const subset = asSubset(images);
  return orderedBatches(
    subset.indices,
    { batchSize: options.batchSize, seed: options.seed, rows: options.pairs },
    pairMaker(subset, options),
  );
}

/** Makes a batch in which the images at the indices are the first digits. */
function pairMaker(
  subset: Subset,
  { batchSize, shift = 4, size: side = 36 }: MultiMnistBatchesOptions,
): (firsts: Uint32Array, random: Random) => MultiMnistBatch {
  const { size, read } = imageReader(subset, side);
  const move = randomAugmentation({ shift }, size);
  const drawOther = drawFromOtherClass(subset);
  const classOf = subset.set.labels;
  const shape: [number, number, number, number] = [batchSize, size.height, size.width, size.channels];
  const pixels = size.height * size.width * size.channels;
  return (firsts, random) => {
    const values = [new Float32Array(batchSize * pixels), new Float32Array(batchSize * pixels)] as const;
    const classes = Int32Array.from({ length: batchSize * 2 }, (_, i) => i % 2);
    for (const [row, first] of firsts.entries()) {
      const pair = [first, drawOther(classOf[first]!, random)] as const;
      for (const which of [0, 1] as const) {
        const place = values[which].subarray(row * pixels, (row + 1) * pixels);
        move(read(pair[which]), place, size, random);
        classes[row * 2 + which] = classOf[pair[which]]!;
      }
    }
    const images = tf.tensor4d(overlay(...values), shape);
    const labels = tf.tensor2d(classes, [batchSize, 2], 'int32');
    const digits = [tf.tensor4d(values[0], shape), tf.tensor4d(values[1], shape)] as const;
    const dispose = () => tf.dispose([images, labels, ...digits]);
    return { images, labels, digits, count: firsts.length, dispose };
  };
}

/** The sum, at most 1: the authors' script adds bytes and stops at 255. */
function overlay(first: Float32Array, second: Float32Array): Float32Array {
  const both = new Float32Array(first.length);
  for (let i = 0; i < both.length; i++) both[i] = Math.min(1, first[i]! + second[i]!);
  return both;
}

/** Draws an image of any class but one, all of them being equally likely. */
function drawFromOtherClass({ set: { labels }, indices }: Subset): (label: number, random: Random) => number {
  const label = labels[indices[0]!]!;
  if (indices.every(index => labels[index] === label)) {
    throw new DataError(`expected images of at least two classes, found only the class ${label}`);
  }
  return (not, random) => {
    for (;;) {
      const index = indices[uniformInt(random, 0, indices.length - 1)]!;
      if (labels[index] !== not) return index;
    }
  };
}
