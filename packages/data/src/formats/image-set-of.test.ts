import { expect, test } from 'vitest';
import { DataError } from '../data-error';
import { imageSetOf } from './image-set-of';

const labels = { data: Uint8Array.of(3, 1), shape: [2] };
const images = { data: Uint8Array.from({ length: 8 }, (_, at) => at), shape: [2, 2, 2] };

test('images of bytes, or of fractions', () => {
  expect(imageSetOf(images, labels)).toEqual({ ...images, labels: labels.data });
  const fractions = { data: Float32Array.from(images.data, byte => byte / 255), shape: [2, 2, 2] };
  expect(imageSetOf(fractions, labels).data).toEqual(images.data);
  const wide = { data: Float64Array.of(0, 128, 255, 254.6), shape: [1, 2, 2] };
  expect([...imageSetOf(wide, { data: Int32Array.of(300), shape: [1] }).data]).toEqual([0, 128, 255, 255]);
});

test('channels come last, wherever they were', () => {
  const first = { data: Uint8Array.from({ length: 12 }, (_, at) => at), shape: [1, 3, 2, 2] };
  expect(imageSetOf(first, { data: Uint8Array.of(0), shape: [1] })).toEqual({
    data: Uint8Array.of(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11),
    shape: [1, 2, 2, 3],
    labels: Uint8Array.of(0),
  });
  const last = { data: first.data, shape: [1, 2, 2, 3] };
  expect(imageSetOf(last, { data: Uint8Array.of(0), shape: [1] }).data).toEqual(first.data);
});

test('labels in a column, of 64 bits, or one-hot', () => {
  const of = (data: Float64Array | Uint8Array, shape: number[]) => [
    ...imageSetOf(images, { data, shape }).labels,
  ];
  expect(of(Float64Array.of(3, 1), [2, 1])).toEqual([3, 1]);
  expect(of(Uint8Array.of(0, 0, 1, 1, 0, 0), [2, 3])).toEqual([2, 0]);
  expect(imageSetOf(images, { data: Float64Array.of(300, 1), shape: [2] }).labels).toEqual(
    Int32Array.of(300, 1),
  );
});

test.each<[Parameters<typeof imageSetOf>[0], Parameters<typeof imageSetOf>[1], string]>([
  [{ data: images.data, shape: [2, 4] }, labels, 'expected images [n, height, width] or'],
  [
    { data: Int32Array.of(0, 256, 1, 2), shape: [1, 2, 2] },
    labels,
    'expected pixels from 0 to 255 or from 0 to 1, found 0 to 256',
  ],
  [{ data: Float32Array.of(-0.5, 0, 1, 1), shape: [1, 2, 2] }, labels, 'found -0.5 to 1'],
  [{ data: Float32Array.of(Number.NaN, 0, 1, 1), shape: [1, 2, 2] }, labels, 'found NaN to NaN'],
  [
    images,
    { data: Float64Array.of(0.5, 1), shape: [2] },
    'expected labels from 0 to 65535, found 0.5 (number, label 0)',
  ],
  [images, { data: Float64Array.of(0, -1), shape: [2] }, 'found -1 (number, label 1)'],
  [
    images,
    { data: Uint8Array.of(0, 1, 1, 1), shape: [2, 2] },
    'expected labels [n], or [n, classes] with a single 1 in each row, found another row 1',
  ],
  [images, { data: Uint8Array.of(0), shape: [1] }, 'found 2 images and 1 labels'],
])('refuses %j with %j', (images, labels, message) => {
  expect(() => imageSetOf(images, labels)).toThrow(DataError);
  expect(() => imageSetOf(images, labels)).toThrow(message);
});
