import type { AnyNetwork } from '@capsnet/core';
import type { Subset } from '@capsnet/data/node';
import { evaluateRows } from '@capsnet/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { RunConfig } from '../config/schema';
import { type Batch, imagesInOrder } from '../data/batches';
import { type ConfusionMatrix, confusionMatrix } from './confusion-matrix';

export interface Evaluation {
  readonly images: number;
  /** Means per image. */
  readonly loss: number;
  /** Undefined without capsules. */
  readonly margin: number | undefined;
  /** Unweighted; undefined without a decoder. */
  readonly reconstruction: number | undefined;
  readonly accuracy: number;
  /** How many are misclassified; of pairs of digits, those of which either is. */
  readonly mistakes: number;
  /** `mistakes / images` */
  readonly error: number;
  /** Undefined for pairs of digits: there nobody can say which was taken for which. */
  readonly single:
    | { readonly confusion: ConfusionMatrix; readonly misclassified: readonly Misclassified[] }
    | undefined;
}

/** An image whose most active class is not its own. */
export interface Misclassified {
  /** Position in the data set. */
  readonly index: number;
  readonly label: number;
  readonly prediction: number;
}

/** Runs the network over all images of a subset, in batches. */
export async function evaluateOn(
  net: AnyNetwork,
  images: Subset,
  config: RunConfig,
  largestBatch: number,
): Promise<Evaluation> {
  const { indices } = images;
  // Batches are padded to their full size.
  const batchSize = Math.min(largestBatch, indices.length);
  const sums: Record<string, number> = {};
  const isRight: number[] = [];
  for await (const { rows } of evaluateRows(net, imagesInOrder(images, config, batchSize))) {
    for (const [name, values] of Object.entries(rows)) {
      sums[name] = values.reduce((sum, value) => sum + value, sums[name] ?? 0);
    }
    isRight.push(...rows.accuracy!);
  }
  const mean = (name: string) => (name in sums ? sums[name]! / indices.length : undefined);
  const wrong = [...indices].filter((_, row) => !isRight[row]);
  return {
    images: indices.length,
    loss: mean('loss')!,
    margin: mean('margin'),
    reconstruction: mean('reconstruction'),
    accuracy: mean('accuracy')!,
    mistakes: wrong.length,
    error: wrong.length / indices.length,
    single: config.data.digits === 1 ? await singleLabels(net, images, wrong, config, batchSize) : undefined,
  };
}

/** Only what was misclassified goes through the network a second time: its class is the one thing not known yet. */
async function singleLabels(
  net: AnyNetwork,
  { set, indices }: Subset,
  wrong: readonly number[],
  config: RunConfig,
  batchSize: number,
): Promise<Evaluation['single']> {
  const predicted = await predict(net, { set, indices: Uint32Array.from(wrong) }, config, batchSize);
  const misclassified = wrong.map((index, i) => ({
    index,
    label: set.labels[index]!,
    prediction: predicted[i]!,
  }));
  const predictions = new Map(misclassified.map(({ index, prediction }) => [index, prediction]));
  const labels = Array.from(indices, index => set.labels[index]!);
  const all = Array.from(indices, (index, i) => predictions.get(index) ?? labels[i]!);
  return { confusion: confusionMatrix(labels, all, net.config.classes), misclassified };
}

async function predict(
  net: AnyNetwork,
  images: Subset,
  config: RunConfig,
  batchSize: number,
): Promise<number[]> {
  if (images.indices.length === 0) return [];
  const predictions: number[] = [];
  const network = {
    evaluate: ({ images }: Batch) => ({ prediction: tf.argMax(net.scores(images), -1) }),
  };
  for await (const { rows } of evaluateRows(network, imagesInOrder(images, config, batchSize))) {
    predictions.push(...rows.prediction!);
  }
  return predictions;
}
