import { CapsnetError } from '@capsnet/checks';
import { DataError } from '../data-error';
import { typeName } from '../type-name';
import { type ImageSet, imageSize } from './image-set';

/** Some images of a set, in an order of their own. A view: the images are not copied. */
export interface Subset {
  readonly set: ImageSet;
  /** Positions in `set`. */
  readonly indices: Uint32Array;
}

/**
 * A set as the subset of all its images; a subset as it is. Both are checked.
 *
 * @throws {@link DataError} when it is neither, or the set is not well formed (see `imageSize`)
 */
export function asSubset(images: ImageSet | Subset): Subset {
  const isSubset = typeof images === 'object' && images !== null && 'indices' in images;
  const set = isSubset ? images.set : images;
  imageSize(set);
  if (!isSubset) return { set, indices: Uint32Array.from(set.labels.keys()) };
  const { indices } = images;
  if (!(indices instanceof Uint32Array)) {
    throw new DataError(`expected the indices of a subset as Uint32Array, found ${typeName(indices)}`);
  }
  const outside = indices.find(index => index >= set.labels.length);
  if (outside !== undefined) {
    throw new DataError(
      `expected indices below ${set.labels.length}, the number of images, found ${outside}`,
    );
  }
  return images;
}

/**
 * The first `count` images.
 *
 * @throws {@link CapsnetError} `invalid-argument` when there are fewer
 */
export function take(images: ImageSet | Subset, count: number): Subset {
  const { set, indices } = asSubset(images);
  if (!Number.isInteger(count) || count < 1 || count > indices.length) {
    throw new CapsnetError(
      'invalid-argument',
      `take: expected a count of 1 to ${indices.length} images, found ${count}`,
    );
  }
  return { set, indices: indices.subarray(0, count) };
}
