import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
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
    expectImages(images, image, 'classify');
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

/** @throws CapsnetError `invalid-tensor` unless these are images, or one, of the network's size */
export function expectImages(
  images: tf.Tensor,
  { height, width, channels }: ImageFormat,
  caller: string,
): void {
  const size = [height, width, channels];
  const isRight = (images.rank === 3 || images.rank === 4) && images.shape.slice(-3).join() === size.join();
  if (isRight) return;
  throw new CapsnetError(
    'invalid-tensor',
    `${caller}: expected images [batch, ${size.join(', ')}], or one [${size.join(', ')}], found [${images.shape}]`,
  );
}
