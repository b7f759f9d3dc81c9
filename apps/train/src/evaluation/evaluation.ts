import { formatPercent } from '@capsnet/checks';
import type { AnyNetwork } from '@capsnet/core';
import type { Subset } from '@capsnet/data/node';
import { evaluateRows } from '@capsnet/trainer';
import type { RunConfig } from '../config/schema';
import { imagesInOrder } from '../data/batches';
import { UsageError } from '../terminal/errors';
import { type ConfusionMatrix, confusionMatrix, mostClasses } from './confusion-matrix';
import { mistakesOf, predictionsOf, type ScoredImages } from './scored-images';

/** How many images are classified right. */
export interface Correctness {
  readonly images: number;
  /** `1 - error` */
  readonly accuracy: number;
  /** How many are misclassified; of pairs of digits, those of which either is. */
  readonly mistakes: number;
  /** `mistakes / images` */
  readonly error: number;
  /** Of pairs of digits, the part of all digits that were not found: half a credit for each. Undefined for single ones. */
  readonly halfCreditError?: number | undefined;
}

export interface Evaluation extends Correctness {
  /** Means per image. */
  readonly loss: number;
  /** Undefined without capsules. */
  readonly margin: number | undefined;
  /** Unweighted; undefined without a decoder. */
  readonly reconstruction: number | undefined;
  /** Undefined for pairs of digits: there nobody can say which was taken for which. */
  readonly single:
    | {
        /** Undefined for more classes than a table can have. */
        readonly confusion: ConfusionMatrix | undefined;
        readonly misclassified: readonly Misclassified[];
      }
    | undefined;
  readonly scored: ScoredImages;
}

/** An image whose most active class is not its own. */
export interface Misclassified {
  /** Position in the data set. */
  readonly index: number;
  readonly label: number;
  readonly prediction: number;
}

/**
 * Runs the network over all images of a subset, in batches.
 *
 * @throws UsageError when a score is not finite
 */
export async function evaluateOn(
  net: AnyNetwork,
  images: Subset,
  config: RunConfig,
  largestBatch: number,
): Promise<Evaluation> {
  const count = images.indices.length;
  const { classes } = net.config;
  const { digits } = config.data;
  // Batches are padded to their full size.
  const source = imagesInOrder(images, config, Math.min(largestBatch, count));
  const sums: Record<string, number> = {};
  const scores = new Float32Array(count * classes);
  const labels = new Int32Array(count * digits);
  let done = 0;
  for await (const { batch, rows } of evaluateRows(net, source)) {
    const { scores: found, ...values } = rows;
    for (const [name, each] of Object.entries(values)) {
      sums[name] = each.reduce((sum, value) => sum + value, sums[name] ?? 0);
    }
    scores.set(found!, done * classes);
    labels.set((await batch.labels.data()).subarray(0, batch.count * digits), done * digits);
    done += batch.count;
  }
  if (!scores.every(Number.isFinite)) {
    throw new UsageError('expected finite scores, found others: the weights are not finite, or too large');
  }
  const mean = (name: string) => (name in sums ? sums[name]! / count : undefined);
  const scored = { classes, digits, scores, labels };
  return {
    loss: mean('loss')!,
    margin: mean('margin'),
    reconstruction: mean('reconstruction'),
    ...correctness(scored),
    single: digits === 1 ? singleLabels(scored, images.indices) : undefined,
    scored,
  };
}

/** What part of the images is classified right. */
export function correctness(scored: ScoredImages): Correctness {
  const images = scored.labels.length / scored.digits;
  const mistakes = mistakesOf(scored);
  return {
    images,
    accuracy: 1 - mistakes.images / images,
    mistakes: mistakes.images,
    error: mistakes.images / images,
    halfCreditError: scored.digits === 1 ? undefined : mistakes.digits / scored.labels.length,
  };
}

/** `0.34%`; of pairs of digits by both rules. */
export function errorText({
  error,
  halfCreditError,
}: Pick<Correctness, 'error' | 'halfCreditError'>): string {
  return halfCreditError === undefined
    ? formatPercent(error)
    : `${formatPercent(error)}; ${formatPercent(halfCreditError)} at half a credit a digit`;
}

function singleLabels(scored: ScoredImages, indices: Subset['indices']): Evaluation['single'] {
  const labels = [...scored.labels];
  const predictions = predictionsOf(scored).map(([prediction]) => prediction!);
  return {
    confusion:
      scored.classes > mostClasses ? undefined : confusionMatrix(labels, predictions, scored.classes),
    misclassified: predictions.flatMap((prediction, row) => {
      const label = labels[row]!;
      return prediction === label ? [] : { index: indices[row]!, label, prediction };
    }),
  };
}
