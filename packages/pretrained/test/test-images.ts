import { loadMnist, type Mnist, multiMnistEvaluationBatches, take } from '@capsnet/mnist';
import * as tf from '@tensorflow/tfjs-core';
import { inject } from 'vitest';
import firstTen from '../../data/public/mnist-10/gzip/t10k-images-idx3-ubyte.gz?url';

let loaded: Promise<Mnist> | undefined;

/** The first test images of MNIST, in a browser up to ten: [count, 28, 28, 1] in 0..1. */
export async function testImages(count: number): Promise<tf.Tensor4D> {
  const { test } = await mnist();
  const pixels = Float32Array.from(test.data.subarray(0, count * 28 * 28), pixel => pixel / 255);
  return tf.tensor4d(pixels, [count, 28, 28, 1]);
}

/** Pairs of the first ten test images, as MultiMNIST has them: [count, 36, 36, 1] in 0..1. */
export async function testPairs(count: number): Promise<tf.Tensor4D> {
  const { test } = await mnist();
  const source = multiMnistEvaluationBatches(take(test, 10), { batchSize: count, pairs: count, seed: 1 });
  const { images, labels, digits } = source.next();
  tf.dispose([labels, ...digits]);
  return images;
}

function mnist(): Promise<Mnist> {
  loaded ??= loadMnist(
    inject('backend') === 'webgl' ? { url: new URL(`${firstTen}/..`, location.href) } : {},
  );
  return loaded;
}
