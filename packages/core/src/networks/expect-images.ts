import { CapsnetError, show } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import type { ImageFormat } from './image';

/**
 * That these are images of the network's size: another size may happen to give as many capsules, and nothing else would notice.
 *
 * @param orOne whether a single image, [height, width, channels], will do
 * @throws CapsnetError `invalid-tensor` in the name of `caller`
 */
export function expectImages(
  images: tf.Tensor,
  { height, width, channels }: ImageFormat,
  caller: string,
  { orOne = false } = {},
): void {
  const size = [height, width, channels].join(', ');
  const expected = `${caller}: expected images [batch, ${size}]${orOne ? `, or one [${size}]` : ''}`;
  const wrong = (what: string) => new CapsnetError('invalid-tensor', `${expected}${what}`);
  if (!(images instanceof tf.Tensor)) {
    const isArray = Object(images).data !== undefined && Object(images).shape !== undefined;
    throw wrong(
      ` as a tensor, found ${show(images)}${isArray ? ': make one of it by tf.tensor(data, shape)' : ''}`,
    );
  }
  if (images.isDisposed) throw wrong(', found some that are disposed of');
  const { rank, shape } = images;
  const isOne = rank === 3 && orOne;
  if (!(isOne || rank === 4) || shape.slice(-3).join(', ') !== size || shape[0] === 0) {
    throw wrong(`, found [${shape}]`);
  }
}
