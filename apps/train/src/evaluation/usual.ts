import type { AnyNetwork } from '@capsnet/core';
import type { Subset } from '@capsnet/data/node';
import { evaluateRows } from '@capsnet/trainer';
import type { RunConfig } from '../config/schema';
import { type Batch, imagesInOrder } from '../data/batches';
import type { Usual } from '../models/open-model';
import { certaintyOf } from './reconstruction-error';
import { predictionsOf, type ScoredImages } from './scored-images';

/** Of this fraction of rightly classified images the score may be lower, and the error of reconstruction higher. */
const unusual = 1 / 100;

/**
 * What all but 1 in 100 of the rightly classified images reach: the score of the class, which is the length of its capsule or its
 * probability, and of pairs of digits the lower one; and of a single digit the error of its reconstruction. What scores below, or is
 * drawn worse, is not what the network has learnt.
 *
 * @param errors of each image, where there is a decoder
 * @returns undefined when no image is classified rightly
 */
export function usualOf(scored: ScoredImages, errors?: ArrayLike<number>): Usual | undefined {
  const { classes, digits, scores, labels } = scored;
  const right = predictionsOf(scored).flatMap((predictions, image) => {
    const isFound = [...labels.subarray(image * digits, (image + 1) * digits)].every(label =>
      predictions.includes(label),
    );
    const score = Math.min(...predictions.map(label => scores[image * classes + label]!));
    return isFound ? [{ score, error: errors?.[image] ?? 0 }] : [];
  });
  if (right.length === 0) return undefined;
  const place = Math.floor(unusual * right.length);
  const score = right.map(({ score }) => score).sort((a, b) => a - b)[place]!;
  const error = right.map(({ error }) => error).sort((a, b) => b - a)[place]!;
  return errors ? { score, reconstructionError: error } : { score };
}

/** The same of images, which are run through the network. */
export async function measureUsual(
  net: AnyNetwork,
  images: Subset,
  config: RunConfig,
  largestBatch: number,
): Promise<Usual | undefined> {
  const count = images.indices.length;
  const { digits } = config.data;
  const { classes } = net.config;
  const scored = {
    classes,
    digits,
    scores: new Float32Array(count * classes),
    labels: new Int32Array(count * digits),
  };
  const errors = new Float32Array(count);
  let hasErrors = false;
  let done = 0;
  const certain = { evaluate: ({ images }: Batch) => ({ ...certaintyOf(net, images) }) };
  const source = imagesInOrder(images, config, Math.min(largestBatch, count));
  for await (const { batch, rows } of evaluateRows(certain, source)) {
    scored.scores.set(rows.scores!, done * classes);
    scored.labels.set((await batch.labels.data()).subarray(0, batch.count * digits), done * digits);
    // Of a pair one capsule alone draws one digit of two.
    hasErrors = rows.reconstructionErrors !== undefined && digits === 1;
    if (hasErrors) errors.set(rows.reconstructionErrors!, done);
    done += batch.count;
  }
  return usualOf(scored, hasErrors ? errors : undefined);
}
