import type { CapsNet } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { type Image, imagesOf, stack } from './image';
import { drawSheet, type Tile } from './sheet';

interface Reconstruction {
  readonly image: Image;
  /** The class of the longest capsule, which is the one that was decoded. */
  readonly prediction: number;
}

/**
 * A PNG of images, each above what the decoder makes of its longest capsule.
 *
 * @param labels of the images, if known: what was misread is framed
 */
export async function drawReconstructions(
  net: CapsNet,
  images: readonly Image[],
  { labels, columns = 20, scale = 2 }: { labels?: readonly number[]; columns?: number; scale?: number } = {},
): Promise<Buffer> {
  const groups: Tile[][][] = [];
  for (let start = 0; start < images.length; start += columns) {
    const originals = images.slice(start, start + columns);
    const reconstructions = await reconstruct(net, originals);
    const marked = reconstructions.map(
      ({ prediction }, i) => labels !== undefined && labels[start + i] !== prediction,
    );
    groups.push([
      originals.map((image, i) => ({ image, marked: marked[i]! })),
      reconstructions.map(({ image }, i) => ({ image, marked: marked[i]! })),
    ]);
  }
  return drawSheet(groups, { scale });
}

async function reconstruct(net: CapsNet, images: readonly Image[]): Promise<Reconstruction[]> {
  const [longest, decoded] = tf.tidy(() => {
    const capsules = net.capsules(stack(images)); // [n, classes, classDim]
    const longest = tf.argMax(tf.sum(tf.square(capsules), -1), -1) as tf.Tensor1D;
    return [longest, net.decode(capsules, longest)];
  }) as [tf.Tensor1D, tf.Tensor4D];
  const predictions = await longest.data();
  const reconstructions = await imagesOf(decoded);
  tf.dispose([longest, decoded]);
  return reconstructions.map((image, i) => ({ image, prediction: predictions[i]! }));
}
