import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import { expectImages } from './expect-images';
import type { ImageFormat } from './image';
import type { ClassScore, Network } from './network';

/** `classify` of a network that has `scores`. */
export function classifyBy(
  scores: Network['scores'],
  { image, classes }: { readonly image: ImageFormat; readonly classes: number },
): Network['classify'] {
  return async (images, { labels = 1 } = {}) => {
    if (!Number.isInteger(labels) || labels < 1 || labels > classes)
      throw new CapsnetError(
        'invalid-argument',
        `classify: expected labels from 1 to ${classes}, found ${labels}`,
      );
    expectImages(images, image, 'classify', { orOne: true });
    const [values, indices] = tf.tidy(() => {
      const batch = (images.rank === 3 ? tf.expandDims(images, 0) : images) as tf.Tensor4D;
      const top = tf.topk(scores(batch), labels);
      return [top.values, top.indices] as [tf.Tensor, tf.Tensor];
    });
    try {
      const [found, names] = await Promise.all([values.data(), indices.data()]);
      return Array.from({ length: found.length / labels }, (_, row) =>
        Array.from({ length: labels }, (_, place): ClassScore => {
          const at = row * labels + place;
          return { label: names[at]!, score: found[at]! };
        }),
      );
    } finally {
      tf.dispose([values, indices]);
    }
  };
}
