import '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import { pickBackend } from '../backend/src/node';
import { convolution2d } from './src/convolution2d';

for (const name of ['cpu', 'native'] as const) {
  await pickBackend({ only: name });
  const x = tf.randomNormal<tf.Rank.R4>([2, 2, 2, 1], 0, 1, 'float32', 3);
  const k = tf.randomNormal<tf.Rank.R4>([1, 2, 1, 1], 0, 1, 'float32', 4);
  for (const method of ['direct', 'bilinear'] as const) {
    try {
      const { value, grads } = tf.valueAndGrads(
        (x, k) =>
          tf.square(convolution2d(x as tf.Tensor4D, k as tf.Tensor4D, [1, 3], { method })) as tf.Tensor,
      )([x, k]);
      console.log(
        name,
        method,
        value.shape,
        Array.from(value.dataSync()),
        grads.map(g => Array.from(g.dataSync())),
      );
    } catch (e) {
      console.log(name, method, String(e));
    }
  }
}
