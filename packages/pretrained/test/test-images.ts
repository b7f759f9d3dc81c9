import { loadMnist, type Mnist } from '@capsnet/mnist';
import * as tf from '@tensorflow/tfjs-core';
import { inject } from 'vitest';
import firstTen from '../../mnist/public/mnist-10/gzip/t10k-images-idx3-ubyte.gz?url';

let loaded: Promise<Mnist> | undefined;

/** The first test images of MNIST, in a browser up to ten: [count, 28, 28, 1] in 0..1. */
export async function testImages(count: number): Promise<tf.Tensor4D> {
  loaded ??= loadMnist(
    inject('backend') === 'webgl' ? { url: new URL(`${firstTen}/..`, location.href) } : {},
  );
  const { test } = await loaded;
  const pixels = Float32Array.from(test.images.subarray(0, count * 28 * 28), pixel => pixel / 255);
  return tf.tensor4d(pixels, [count, 28, 28, 1]);
}
