import { CapsnetError, expectKnownOptions, show } from '@capsnet/checks';
import { DataError } from '../data-error';
import { seededRandom, shuffle } from '../random/random';
import { type ImageSet, imageSize } from './image-set';

export interface SplitTestOptions {
  /** The part of each class that becomes the test set: above 0, below 1. Default 0.2. */
  readonly part?: number | undefined;
  /** An integer from 0 to 2^32 - 1: the same seed gives the same sets. */
  readonly seed: number;
}

/**
 * Parts a set into one to train on and one to test with, in which each class has its part, drawn by the seed. Of a class with fewer than
 * two images none is tested with. Both keep the order of the set, and are copies.
 *
 * @throws {@link DataError} when no class has two images; {@link CapsnetError} `invalid-argument` for an option
 */
export function splitTest(
  set: ImageSet,
  options: SplitTestOptions,
): { readonly train: ImageSet; readonly test: ImageSet } {
  expectKnownOptions('splitTest', options, ['part', 'seed']);
  const { part = 0.2, seed } = options;
  if (!(part > 0 && part < 1))
    throw new CapsnetError(
      'invalid-argument',
      `splitTest: expected a part between 0 and 1, found ${show(part)}`,
    );
  imageSize(set);
  const byClass = new Map<number, number[]>();
  for (const [index, label] of set.labels.entries()) {
    const indices = byClass.get(label) ?? [];
    byClass.set(label, indices);
    indices.push(index);
  }
  const random = seededRandom(seed);
  const isTest = new Uint8Array(set.labels.length);
  for (const [, indices] of [...byClass].sort(([a], [b]) => a - b)) {
    const order = Uint32Array.from(indices);
    shuffle(order, random);
    const count =
      indices.length < 2 ? 0 : Math.min(indices.length - 1, Math.max(1, Math.round(part * indices.length)));
    for (const index of order.subarray(0, count)) isTest[index] = 1;
  }
  if (!isTest.includes(1))
    throw new DataError('expected a class of at least two images, one to test with, found none');
  return { train: some(set, index => !isTest[index]), test: some(set, index => !!isTest[index]) };
}

function some(set: ImageSet, isWanted: (index: number) => boolean): ImageSet {
  const indices = [...set.labels.keys()].filter(isWanted);
  const size = set.data.length / set.labels.length;
  const data = new Uint8Array(indices.length * size);
  for (const [to, index] of indices.entries())
    data.set(set.data.subarray(index * size, (index + 1) * size), to * size);
  const labels = set.labels.slice(0, indices.length);
  for (const [to, index] of indices.entries()) labels[to] = set.labels[index]!;
  return { ...set, data, shape: [indices.length, ...set.shape.slice(1)], labels };
}
