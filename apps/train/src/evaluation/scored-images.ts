/** How much of each class a network, or the mean of several, sees in images. */
export interface ScoredImages {
  readonly classes: number;
  /** Of an image: 1, or 2 of a pair of digits. */
  readonly digits: number;
  /** [image][class], one row behind the other, each in 0..1. */
  readonly scores: Float32Array;
  /** [image][digit], one row behind the other. */
  readonly labels: Int32Array;
}

/** The most active classes of each image, as many as it has digits, the most active one first; of equal ones the lower. */
export function predictionsOf({ classes, digits, scores, labels }: ScoredImages): number[][] {
  return Array.from({ length: labels.length / digits }, (_, image) => {
    const row = scores.subarray(image * classes, (image + 1) * classes);
    return [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b).slice(0, digits);
  });
}

/** Mistakes by the two rules in use for images of several digits; of images of one digit both say the same. */
export interface Mistakes {
  /** Images of which not every digit is among the predictions. */
  readonly images: number;
  /** Digits that are not among the predictions of their image. */
  readonly digits: number;
}

export function mistakesOf(scored: ScoredImages): Mistakes {
  const missed = predictionsOf(scored).map((predictions, image) => {
    const labels = scored.labels.subarray(image * scored.digits, (image + 1) * scored.digits);
    return labels.reduce((sum, label) => sum + (predictions.includes(label) ? 0 : 1), 0);
  });
  return {
    images: missed.filter(count => count > 0).length,
    digits: missed.reduce((sum, count) => sum + count, 0),
  };
}

/** What several networks say together of the same images: the mean of what each says. */
export function voteOf(members: readonly ScoredImages[]): ScoredImages {
  const [first] = members;
  return {
    ...first!,
    scores: first!.scores.map(
      (_, at) => members.reduce((sum, { scores }) => sum + scores[at]!, 0) / members.length,
    ),
  };
}
