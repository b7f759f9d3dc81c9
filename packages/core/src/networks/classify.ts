import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { expectImages } from './expect-images';
import type { ImageFormat } from './image';
import type { ClassScore, Network } from './network';

/** `classify` of a network that has `scores`. */
export function classifyBy(
  scores: Network['scores'],
  { image, classes }: { readonly image: ImageFormat; readonly classes: number },
): Network['classify'] {
  return async (images, options = {}) => {
    expectKnownOptions('classify', options, ['labels']);
    const { labels = 1 } = options;
    if (!Number.isInteger(labels) || labels < 1 || labels > classes)
      throw new CapsnetError(
        'invalid-argument',
        `classify: expected labels from 1 to ${classes}, found ${labels}`,
      );
    expectImages(images, image, 'classify', { orOne: true });
    const [values, indices, sums] = tf.tidy(() => {
      const batch = (images.rank === 3 ? tf.expandDims(images, 0) : images) as tf.Tensor4D;
      const all = scores(batch);
      const top = tf.topk(all, labels);
      // 0, or NaN where any score is not finite, which need not be among the most active ones then.
      return [top.values, top.indices, tf.sum(tf.mul(all, 0), -1)] as [tf.Tensor, tf.Tensor, tf.Tensor];
    });
    try {
      const [found, names, zeros] = await Promise.all([values.data(), indices.data(), sums.data()]);
      const wrong = zeros.findIndex(Number.isNaN);
      if (wrong >= 0) {
        throw new CapsnetError(
          'not-finite',
          `classify: expected finite scores, found others for image ${wrong}: weights or pixels are not finite, or too large`,
        );
      }
      return Array.from({ length: found.length / labels }, (_, row) =>
        Array.from({ length: labels }, (_, place): ClassScore => {
          const at = row * labels + place;
          return { label: names[at]!, score: found[at]! };
        }),
      );
    } finally {
      tf.dispose([values, indices, sums]);
    }
  };
}
