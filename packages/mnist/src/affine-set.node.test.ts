import { expect, test } from 'vitest';
import { affineSet } from './affine-set';
import { type ImageSet, take } from './image-set';
import { loadMnist } from './node';

test('no digit of MNIST is cut off: on a larger canvas all of them look the same', async () => {
  const digits = take((await loadMnist()).test, 2000);
  const [small, large] = [affineSet(digits, { seed: 1 }), affineSet(digits, { seed: 1, size: 60 })];
  const cut = Array.from(small.labels.keys()).filter(i => lit(small, i) !== lit(large, i));
  expect(cut).toEqual([]);
});

/** Everything that is not black of image i. */
function lit({ images, labels }: ImageSet, i: number): string {
  const pixels = images.length / labels.length;
  return images
    .subarray(i * pixels, (i + 1) * pixels)
    .filter(byte => byte > 0)
    .join();
}
