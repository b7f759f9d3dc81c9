import type { ImageBatchSource } from '@capsnet/data';
import { times } from '@capsnet/testing/extent';
import { linearCongruential } from '@capsnet/testing/linear-congruential';
import { NonFiniteLoss } from '@capsnet/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { backends, useBackend } from './backends';
import { count } from './counts';
import { smallConfig, smallSource, trainHere, withNet } from './small-run';

describe('a NaN planted in the data', () => {
  test.for(backends)('%s', async (backend, context) => {
    await useBackend(context, backend);
    const random = linearCongruential(5);
    const places = times({ full: 50, quick: 6 });
    for (let i = 0; i < places; i++) {
      const step = 1 + Math.floor(18 * random());
      const source = spoilt(smallSource(), step, random());
      // Without a decoder no loss compares with the pixel itself.
      const config = i % 2 === 0 ? smallConfig : { ...smallConfig, decoder: null };
      const training = withNet(net => trainHere(net, { epochs: 3 }, { source }), config);
      const error = await training.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(NonFiniteLoss);
      const [epoch, batch] = [Math.ceil(step / 6), ((step - 1) % 6) + 1];
      expect(error).toMatchObject({ step, epoch, batch });
      expect((error as Error).message).toContain(`step ${step} (epoch ${epoch}, batch ${batch})`);
    }
    count(context, { places, 'stopped with the batch named': places });
  });
});

/** The same batches, but for one pixel of one of them. */
function spoilt(source: ImageBatchSource, which: number, place: number): ImageBatchSource {
  let made = 0;
  return {
    ...source,
    next() {
      const batch = source.next();
      if (++made !== which) return batch;
      const pixels = batch.images.dataSync().slice();
      pixels[Math.floor(place * pixels.length)] = Number.NaN;
      const images = tf.tensor4d(pixels, batch.images.shape);
      return {
        ...batch,
        images,
        dispose() {
          batch.dispose();
          images.dispose();
        },
      };
    },
  };
}
