import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import { seededRandom, shuffle } from '../random/random';
import type { ImageSet } from './image-set';
import { asSubset, type Subset } from './subset';

export interface SplitOptions {
  /** How many images the validation split gets. Default 5,000. */
  readonly count?: number | undefined;
  /** An integer from 0 to 2^32 - 1: the same seed gives the same split. */
  readonly seed: number;
}

/**
 * Splits images into those to train on and those to validate with: `count` of them, drawn at random without replacement.
 * Both parts keep the order of the set, and neither copies images.
 *
 * @throws {@link CapsnetError} `invalid-argument` unless both parts get at least one image
 */
export function splitValidation(
  images: ImageSet | Subset,
  options: SplitOptions,
): { readonly train: Subset; readonly validation: Subset } {
  expectKnownOptions('splitValidation', options, ['count', 'seed']);
  const { count = 5000, seed } = options;
  const { set, indices } = asSubset(images);
  if (!Number.isInteger(count) || count < 1 || count >= indices.length) {
    throw new CapsnetError(
      'invalid-argument',
      `splitValidation: expected a count of 1 to ${indices.length - 1} of the ${indices.length} images, found ${count}`,
    );
  }
  const random = seededRandom(seed);
  // Far away from the numbers that batches draw, which are often given the same seed.
  random.jump();
  const positions = Uint32Array.from(indices.keys());
  shuffle(positions, random);
  const pick = (some: Uint32Array) => some.sort().map(position => indices[position]!);
  return {
    train: { set, indices: pick(positions.subarray(count)) },
    validation: { set, indices: pick(positions.subarray(0, count)) },
  };
}
