import type { CapsNet } from '@capsnet/core';
import { evaluationBatches, type Subset } from '@capsnet/mnist/node';
import * as tf from '@tensorflow/tfjs-core';
import { type ConfusionMatrix, confusionMatrix } from './confusion-matrix';

export interface Evaluation {
  readonly images: number;
  /** Means per image. */
  readonly loss: number;
  readonly margin: number;
  /** Unweighted; undefined without a decoder. */
  readonly reconstruction: number | undefined;
  readonly accuracy: number;
  readonly confusion: ConfusionMatrix;
  readonly misread: readonly Misread[];
}

/** An image whose longest capsule is another class's. */
export interface Misread {
  /** Position in the data set. */
  readonly index: number;
  readonly label: number;
  readonly prediction: number;
}

/** Runs the network over all images of a subset, in batches. */
export async function evaluateOn(net: CapsNet, images: Subset, largestBatch: number): Promise<Evaluation> {
  const { set, indices } = images;
  // Batches are padded to their full size.
  const batchSize = Math.min(largestBatch, indices.length);
  const sums: Record<string, number> = {};
  const wrong: number[] = [];
  const source = evaluationBatches(images, { batchSize });
  for (let batch = 0; batch < source.batchesPerEpoch; batch++) {
    const rows = await rowsOf(net, source.next());
    for (const [name, values] of Object.entries(rows)) {
      sums[name] = values.reduce((sum, value) => sum + value, sums[name] ?? 0);
    }
    rows.accuracy!.forEach((right, row) => {
      if (!right) wrong.push(indices[batch * batchSize + row]!);
    });
  }
  // Only what was misread is looked at a second time: its class is the one thing not known yet.
  const predictions = await predict(net, { set, indices: Uint32Array.from(wrong) }, batchSize);
  const misread = wrong.map((index, i) => ({
    index,
    label: set.labels[index]!,
    prediction: predictions[i]!,
  }));
  const predicted = new Map(misread.map(({ index, prediction }) => [index, prediction]));
  const labels = Array.from(indices, index => set.labels[index]!);
  const all = Array.from(indices, (index, i) => predicted.get(index) ?? labels[i]!);
  const mean = (name: string) => (name in sums ? sums[name]! / indices.length : undefined);
  return {
    images: indices.length,
    loss: mean('loss')!,
    margin: mean('margin')!,
    reconstruction: mean('reconstruction'),
    accuracy: mean('accuracy')!,
    confusion: confusionMatrix(labels, all, net.config.classes),
    misread,
  };
}

type Batch = ReturnType<ReturnType<typeof evaluationBatches>['next']>;

/** The values of the real rows. */
async function rowsOf(net: CapsNet, batch: Batch): Promise<Record<string, Float32Array>> {
  const tensors = net.evaluate(batch);
  try {
    const read = async ([name, tensor]: [string, tf.Tensor]) =>
      [name, ((await tensor.data()) as Float32Array).slice(0, batch.count)] as const;
    return Object.fromEntries(await Promise.all(Object.entries(tensors).map(read)));
  } finally {
    tf.dispose(tensors);
    batch.dispose();
  }
}

async function predict(net: CapsNet, images: Subset, batchSize: number): Promise<number[]> {
  if (images.indices.length === 0) return [];
  const source = evaluationBatches(images, { batchSize });
  const predictions: number[] = [];
  for (let i = 0; i < source.batchesPerEpoch; i++) {
    const batch = source.next();
    const longest = tf.tidy(() => tf.argMax(tf.sum(tf.square(net.capsules(batch.images)), -1), -1));
    predictions.push(...(await longest.data()).slice(0, batch.count));
    tf.dispose(longest);
    batch.dispose();
  }
  return predictions;
}
