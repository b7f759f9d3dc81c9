import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { affineSet } from './affine-set';
import { type ImageSet, loadMnist, take } from './node';

test('no digit of MNIST is cut off: on a larger canvas all of them look the same', async () => {
  const digits = take((await loadMnist()).test, 2000);
  const [small, large] = [affineSet(digits, { seed: 1 }), affineSet(digits, { seed: 1, size: 60 })];
  const cut = Array.from(small.labels.keys()).filter(i => lit(small, i) !== lit(large, i));
  expect(cut).toEqual([]);
});

test('the affine test is the one that published errors were measured on', async () => {
  const { data } = affineSet((await loadMnist()).test, { seed: 1 });
  expect(createHash('sha256').update(data).digest('hex')).toBe(
    'aabe84850b464ba2c50ac726784d3cd8d39c0e71b09d6b334ae197ba2980b41c',
  );
});

/** Everything that is not black of image i. */
function lit({ data, labels }: ImageSet, i: number): string {
  const pixels = data.length / labels.length;
  return data
    .subarray(i * pixels, (i + 1) * pixels)
    .filter(byte => byte > 0)
    .join();
}
