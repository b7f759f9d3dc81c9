import type { CapsNet } from '@capsnet/core';
import { evaluationBatches, type Subset } from '@capsnet/mnist/node';
import * as tf from '@tensorflow/tfjs-core';

/** What a network makes of images. */
export interface Readings {
  /** [images, classes], the lengths of the class capsules. */
  readonly lengths: Float32Array;
  readonly classes: number;
  readonly labels: readonly number[];
  /** Mean per image. */
  readonly loss: number;
}

const batchSize = 128;

/** Runs a network over all images of a subset. */
export async function read(network: CapsNet, images: Subset): Promise<Readings> {
  const { classes } = network.config;
  const count = images.indices.length;
  const lengths = new Float32Array(count * classes);
  let loss = 0;
  const source = evaluationBatches(images, { batchSize });
  for (let first = 0; first < count; first += batchSize) {
    const batch = source.next();
    const rows = tf.tidy(() => ({
      lengths: tf.norm(network.capsules(batch.images), 'euclidean', -1),
      loss: network.evaluate(batch).loss!,
    }));
    lengths.set((await rows.lengths.data()).subarray(0, batch.count * classes), first * classes);
    for (const value of (await rows.loss.data()).subarray(0, batch.count)) loss += value;
    tf.dispose(rows);
    batch.dispose();
  }
  const labels = Array.from(images.indices, index => images.set.labels[index]!);
  return { lengths, classes, labels, loss: loss / count };
}

/** The longest capsule of each image, and by how much it is longer than the next. */
export function predictions({ lengths, classes, labels }: Readings): { label: number; lead: number }[] {
  return labels.map((_, image) => {
    const row = lengths.subarray(image * classes, (image + 1) * classes);
    const [longest = 0, next = 0] = row.toSorted().reverse();
    return { label: row.indexOf(longest), lead: longest - next };
  });
}

/** The fraction of images that are misread. */
export function errorOf(readings: Readings): number {
  const wrong = predictions(readings).filter(({ label }, image) => label !== readings.labels[image]);
  return wrong.length / readings.labels.length;
}

/** Predictions of two readings of the same images that are alike. */
export function agreement(a: Readings, b: Readings): number {
  const others = predictions(b);
  return predictions(a).filter(({ label }, image) => label === others[image]!.label).length;
}

/** Two capsules that differ by less may change places from backend to backend, by the order of additions alone. */
export const decidedLead = 1e-3;

/** Of the images that one backend reads without doubt, those that another reads alike. */
export function agreementOfBackends(one: Readings, other: Readings): { decided: number; agree: number } {
  const others = predictions(other);
  const decided = predictions(one)
    .map(({ label, lead }, image) => ({ lead, isSame: label === others[image]!.label }))
    .filter(({ lead }) => lead > decidedLead);
  return { decided: decided.length, agree: decided.filter(({ isSame }) => isSame).length };
}
