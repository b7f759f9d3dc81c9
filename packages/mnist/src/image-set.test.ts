import { describe, expect, test } from 'vitest';
import { numberedImages } from '../test/image-sets';
import { DataError } from './data-error';
import { imageSize, take } from './image-set';
import { shaped } from './shaped';

const set = numberedImages(6);

describe('shaped', () => {
  test('says how many elements a shape needs', () => {
    expect(() => shaped(new Uint8Array(5), [2, 3])).toThrow(
      new RangeError('expected 6 elements for shape [2,3], found 5'),
    );
  });

  test('neither copies nor changes how an array compares', () => {
    const values = Uint8Array.of(1, 2);
    expect(shaped(values, [2, 1])).toBe(values);
    expect(values).toStrictEqual(Uint8Array.of(1, 2));
  });
});

describe('take', () => {
  test('gives the first images of a set and of a subset', () => {
    expect(take(set, 4)).toEqual({ set, indices: Uint32Array.of(0, 1, 2, 3) });
    const backwards = { set, indices: Uint32Array.of(5, 4, 3) };
    expect(take(backwards, 2)).toEqual({ set, indices: Uint32Array.of(5, 4) });
  });

  test.each([0, 7, 1.5, Number.NaN])('refuses %s of 6', count => {
    expect(() => take(set, count)).toThrow(
      new RangeError(`take: expected a count of 1 to 6 images, found ${count}`),
    );
  });
});

describe('imageSize', () => {
  test('has one channel unless the images say otherwise', () => {
    expect(imageSize(set)).toEqual({ height: 4, width: 3, channels: 1 });
    expect(imageSize(numberedImages(2, [2, 5, 3]))).toEqual({ height: 2, width: 5, channels: 3 });
  });

  test.each<[string, Uint8Array, readonly number[], number, string]>([
    ['rank 2', new Uint8Array(6), [2, 3], 2, 'found Uint8Array [2, 3]'],
    ['rank 5', new Uint8Array(2), [2, 1, 1, 1, 1], 2, 'found Uint8Array [2, 1, 1, 1, 1]'],
    [
      'a label too few',
      new Uint8Array(6),
      [3, 1, 2],
      2,
      'expected one label for each image, found 3 images and 2 labels',
    ],
    [
      'no images',
      new Uint8Array(0),
      [0, 28, 28],
      0,
      'expected at least one image, found none (shape [0,28,28])',
    ],
    [
      'no pixels',
      new Uint8Array(0),
      [2, 0, 28],
      2,
      'expected at least one image, found none (shape [2,0,28])',
    ],
  ])('refuses %s', (_, values, shape, labels, message) => {
    const wrong = { images: shaped(values, shape), labels: new Uint8Array(labels) };
    expect(() => imageSize(wrong)).toThrow(DataError);
    expect(() => imageSize(wrong)).toThrow(message);
  });
});
