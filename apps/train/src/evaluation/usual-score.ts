import { predictionsOf, type ScoredImages } from './scored-images';

/** Of this fraction of rightly classified images the score may be lower. */
const unusual = 1 / 1000;

/**
 * The score that all but 1 in 1000 of the rightly classified images reach: the length of the class's capsule, or its probability;
 * of pairs of digits, the lower one. What a picture scores below it is not what the network has learnt.
 *
 * @returns undefined when no image is classified rightly
 */
export function usualScore(scored: ScoredImages): number | undefined {
  const { classes, digits, scores, labels } = scored;
  const right = predictionsOf(scored).flatMap((predictions, image) => {
    const isFound = [...labels.subarray(image * digits, (image + 1) * digits)].every(label =>
      predictions.includes(label),
    );
    return isFound ? Math.min(...predictions.map(label => scores[image * classes + label]!)) : [];
  });
  return right.sort((a, b) => a - b)[Math.floor(unusual * right.length)];
}
