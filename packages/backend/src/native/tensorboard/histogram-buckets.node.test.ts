import { listBackends, pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { histogramBuckets } from './histogram-buckets';

describe('histogramBuckets', () => {
  it("agrees with tfjs-node's own", async context => {
    const native = (await listBackends()).find(({ name }) => name === 'native')!;
    if (!native.available) return context.skip(native.reason);
    await pickBackend({ only: 'native' });
    const own = Object.getPrototypeOf(tf.backend()) as { buckets(data: tf.Tensor, count: number): tf.Tensor };
    // With 32 buckets of 0..32, edges and widths are exact.
    const data = tf.tensor1d([0, 32, ...Array.from({ length: 200 }, (_, i) => 16 + 15.9 * Math.sin(i * i))]);
    const expected = own.buckets.call(tf.backend(), data, 32);
    expect(histogramBuckets(data, 32)).toBeAllClose({ shape: expected.shape, data: expected.dataSync() });
  });

  it('counts equal values, no values, and leaves out what is not finite', async () => {
    await pickBackend();
    expect(histogramBuckets(tf.ones([2, 3]))).toBeAllClose({ shape: [1, 3], data: [0.5, 1.5, 6] });
    expect(histogramBuckets(tf.zeros([0])).shape).toEqual([0, 3]);
    const some = tf.tensor1d([0, 1, 2, Number.NaN, Number.POSITIVE_INFINITY]);
    expect(histogramBuckets(some, 2)).toBeAllClose({ shape: [2, 3], data: [0, 1, 1, 1, 2, 2] });
  });
});
