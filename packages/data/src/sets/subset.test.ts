import { CapsnetError } from '@capsnet/checks';
import { describe, expect, test } from 'vitest';
import { numberedImages } from '../../test/image-sets';
import { evaluationBatches } from '../batches/evaluation-batches';
import { DataError } from '../data-error';
import { asSubset, type Subset, take } from './subset';

const set = numberedImages(6);

describe('take', () => {
  test('gives the first images of a set and of a subset', () => {
    expect(take(set, 4)).toEqual({ set, indices: Uint32Array.of(0, 1, 2, 3) });
    const backwards = { set, indices: Uint32Array.of(5, 4, 3) };
    expect(take(backwards, 2)).toEqual({ set, indices: Uint32Array.of(5, 4) });
  });

  test.each([0, 7, 1.5, Number.NaN])('refuses %s of 6', count => {
    expect(() => take(set, count)).toThrow(
      new CapsnetError('invalid-argument', `take: expected a count of 1 to 6 images, found ${count}`),
    );
  });
});

describe('asSubset', () => {
  test('gives all images of a set in order, and a subset as it is', () => {
    expect([...asSubset(set).indices]).toEqual([0, 1, 2, 3, 4, 5]);
    const one = take(set, 1);
    expect(asSubset(one)).toBe(one);
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'expected an image set { data: Uint8Array, '],
    ['indices of nothing', { indices: Uint32Array.of(0) }, 'found nothing'],
    [
      'indices in a list',
      { set, indices: [0, 1] },
      'expected the indices of a subset as Uint32Array, found Array',
    ],
    [
      'an index too far',
      { set, indices: Uint32Array.of(1, 6) },
      'expected indices below 6, the number of images, found 6',
    ],
  ])('refuses %s', (_, wrong, message) => {
    expect(() => asSubset(wrong as Subset)).toThrow(DataError);
    expect(() => asSubset(wrong as Subset)).toThrow(message);
  });
});

test('sets and subsets survive a copy, as by postMessage', async () => {
  const named = {
    ...numberedImages(3, [2, 2, 3]),
    classes: Array.from({ length: 10 }, (_, i) => `class ${i}`),
  };
  const copy = structuredClone(take(named, 2));
  expect(copy).toStrictEqual(take(named, 2));
  const [batch, same] = [copy, take(named, 2)].map(images =>
    evaluationBatches(images, { batchSize: 2 }).next(),
  );
  expect(batch!.images.shape).toEqual([2, 2, 2, 3]);
  expect(await batch!.images.data()).toEqual(await same!.images.data());
  batch!.dispose();
  same!.dispose();
});
