import type { Subset } from '@capsnet/data/node';
import type { RunConfig } from '../config/schema';
import { imagesInOrder } from '../data/batches';
import { type Image, imagesOf } from '../pictures/image';
import { predictionsOf, type ScoredImages } from './scored-images';

/** An image of which a class is misclassified; of a pair of digits, one or both. */
export interface Mistake {
  /** Its place among the images that were evaluated. */
  readonly row: number;
  readonly labels: readonly number[];
  readonly predictions: readonly number[];
  /** Of the wrong prediction that the network is surest of. */
  readonly score: number;
}

/** Those of which the network is surest come first, at most `count`. */
export function worstMistakes(scored: ScoredImages, count: number): Mistake[] {
  const { classes, digits, scores } = scored;
  return predictionsOf(scored)
    .flatMap((predictions, row): Mistake[] => {
      const labels = [...scored.labels.subarray(row * digits, (row + 1) * digits)];
      const wrong = predictions.filter(label => !labels.includes(label));
      if (wrong.length === 0) return [];
      return [{ row, labels, predictions, score: Math.max(...wrong.map(at => scores[row * classes + at]!)) }];
    })
    .sort((a, b) => b.score - a.score || a.row - b.row)
    .slice(0, count);
}

/** The images of mistakes, as the network saw them, in their order. */
export async function imagesOfMistakes(
  mistakes: readonly Mistake[],
  images: Subset,
  config: RunConfig,
): Promise<Image[]> {
  const batchSize = Math.min(128, images.indices.length);
  const source = imagesInOrder(images, config, batchSize);
  const wanted = new Set(mistakes.map(({ row }) => row));
  const found = new Map<number, Image>();
  for (let first = 0; first < images.indices.length; first += batchSize) {
    const batch = await source.next();
    try {
      if (![...wanted].some(row => row >= first && row < first + batchSize)) continue;
      for (const [at, image] of (await imagesOf(batch.images)).entries())
        if (wanted.has(first + at)) found.set(first + at, image);
    } finally {
      batch.dispose();
    }
  }
  return mistakes.map(({ row }) => found.get(row)!);
}
