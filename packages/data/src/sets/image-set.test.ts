import { describe, expect, test } from 'vitest';
import { numberedImages } from '../../test/image-sets';
import { DataError } from '../data-error';
import { type ImageSet, imageSize } from './image-set';

const set = numberedImages(6);

describe('imageSize', () => {
  test('has one channel unless the images say otherwise', () => {
    expect(imageSize(set)).toEqual({ height: 4, width: 3, channels: 1 });
    expect(imageSize(numberedImages(2, [2, 5, 3]))).toEqual({ height: 2, width: 5, channels: 3 });
  });

  test.each([Uint8Array, Uint16Array, Int32Array])('takes labels as %o', type => {
    expect(imageSize({ ...set, labels: type.from(set.labels) })).toEqual({
      height: 4,
      width: 3,
      channels: 1,
    });
  });

  test.each<[string, unknown, string]>([
    ['rank 2', { ...set, shape: [6, 12] }, 'found Uint8Array [6, 12]'],
    ['rank 5', { ...set, shape: [6, 4, 3, 1, 1] }, 'found Uint8Array [6, 4, 3, 1, 1]'],
    ['floats', { ...set, data: new Float32Array(72) }, 'found Float32Array [6, 4, 3]'],
    [
      'a byte too few',
      { ...set, data: new Uint8Array(71) },
      'expected 72 bytes for shape [6, 4, 3], found 71',
    ],
    ['half a pixel', { ...set, shape: [6, 1.5, 8] }, 'found Uint8Array [6, 1.5, 8]'],
    [
      'a label too few',
      { ...set, labels: new Uint8Array(5) },
      'expected one label for each image, found 6 images and 5 labels',
    ],
    [
      'no images',
      { data: new Uint8Array(0), shape: [0, 28, 28], labels: new Uint8Array(0) },
      'expected at least one image, found none (shape [0, 28, 28])',
    ],
    [
      'no pixels',
      { data: new Uint8Array(0), shape: [6, 0, 28], labels: set.labels },
      'expected at least one image, found none (shape [6, 0, 28])',
    ],
    [
      'a negative label',
      { ...set, labels: Int32Array.of(0, 1, -1, 2, 3, 4) },
      'expected labels of 0 or more, found -1 (label 2)',
    ],
    [
      'a label without a name',
      { ...set, classes: ['a', 'b', 'c', 'd', 'e'] },
      'expected labels from 0 to 4, found 5 (label 5)',
    ],
    ['nothing', undefined, 'expected an image set { data: Uint8Array, '],
    ['null', null, 'found null'],
    ['a list', [1, 2], 'found { 0: number, 1: number }'],
    ['a word', 'mnist', 'found string'],
    // As up to the first versions of this package.
    [
      'images by another name',
      { images: set.data, labels: set.labels },
      'found { images: Uint8Array, labels: Uint8Array }',
    ],
    ['labels in a list', { ...set, labels: [0, 1, 2, 3, 4, 5] }, 'labels: Array }'],
    ['a shape that is none', { ...set, shape: 6 }, 'shape: number'],
    ['classes that are none', { ...set, classes: 10 }, 'classes: number }'],
  ])('refuses %s', (_, wrong, message) => {
    expect(() => imageSize(wrong as ImageSet)).toThrow(DataError);
    expect(() => imageSize(wrong as ImageSet)).toThrow(message);
  });
});
