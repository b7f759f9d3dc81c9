import { expect, test } from 'vitest';
import { parseCifar } from './cifar';

// By the definition: label, then 1024 bytes of red, 1024 of green, 1024 of blue.
const image = (labels: readonly number[], red: number) =>
  Buffer.concat([
    Buffer.from(labels),
    Buffer.alloc(1024, red),
    Buffer.alloc(1024, 20),
    Buffer.alloc(1023, 30),
    Buffer.of(99),
  ]);

test('CIFAR-10 has one label, CIFAR-100 two', () => {
  const { data, shape, labels } = parseCifar(Buffer.concat([image([7], 10), image([2], 11)]), 1);
  expect([shape, [...labels]]).toEqual([
    [2, 32, 32, 3],
    [7, 2],
  ]);
  expect([...data.subarray(0, 6)]).toEqual([10, 20, 30, 10, 20, 30]);
  expect([...data.subarray(3072 - 3, 3072 + 3)]).toEqual([10, 20, 99, 11, 20, 30]);
  expect([...parseCifar(image([3, 88], 10), 2).labels]).toEqual([88]);
});

test('part of an image, or none, is refused', () => {
  expect(() => parseCifar(image([7], 10).subarray(1), 1)).toThrow(
    'expected images of 3073 bytes each, found 3072 bytes',
  );
  expect(() => parseCifar(new Uint8Array(), 2)).toThrow('expected images of 3074 bytes each, found 0 bytes');
});
