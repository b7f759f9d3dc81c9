// A capsule layer in a tfjs model of your own: bars that lie or stand, told apart by compile() and fit().

import { pickBackend } from '@capsnet/backend';
import { CapsuleLayer, CapsuleLength, marginLoss, PrimaryCapsules } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

await pickBackend();

const model = sequential({
  layers: [
    layers.conv2d({ inputShape: [12, 12, 1], filters: 8, kernelSize: 5, activation: 'relu' }),
    new PrimaryCapsules({ channels: 4, dim: 4, kernelSize: 5, strides: 2 }), // [batch, 16, 4]
    new CapsuleLayer({ capsules: 2, dim: 8 }), // routed by agreement: [batch, 2, 8]
    new CapsuleLength(), // how present each class is: [batch, 2]
  ],
});
model.compile({ optimizer: tf.train.adam(0.01), loss: marginLoss, metrics: ['accuracy'] });

/** Images of a bar somewhere, and what it does: lie, 0, or stand, 1. */
function bars(count: number) {
  const classes = Array.from({ length: count }, (_, i) => i % 2);
  const images = tf.buffer([count, 12, 12, 1]);
  classes.forEach((stands, image) => {
    const place = 1 + (image % 10);
    for (let along = 2; along < 10; along++)
      images.set(1, image, stands ? along : place, stands ? place : along, 0);
  });
  return { images: images.toTensor(), labels: tf.oneHot(tf.tensor1d(classes, 'int32'), 2) };
}

const { images, labels } = bars(100);
const { history } = await model.fit(images, labels, { epochs: 15, batchSize: 20, verbose: 0 });
console.log('loss', history.loss);

const [, accuracy] = model.evaluate(images, labels) as tf.Scalar[];
console.log('accuracy', (await accuracy!.data())[0]);
