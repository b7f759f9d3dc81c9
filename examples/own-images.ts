// A picture of your own, classified: of any size, and in the colours of a sheet of paper.
import { pickBackend } from '@capsnet/backend';
import { imagesFrom } from '@capsnet/data';
import { loadPretrained } from '@capsnet/pretrained';
import * as tf from '@tensorflow/tfjs-core';

await pickBackend();
const network = await loadPretrained('capsnet-mnist');

// A black ring on white paper, 100x100 gray pixels. A PNG file is as good: await readFile('digit.png'), of node:fs/promises.
const side = 100;
const data = Uint8Array.from({ length: side * side }, (_, pixel) => {
  const [x, y] = [(pixel % side) - side / 2, Math.floor(pixel / side) - side / 2];
  const distance = Math.hypot(1.4 * x, y);
  return distance > 22 && distance < 34 ? 0 : 255;
});

// The network has seen white ink on black.
const images = await imagesFrom(
  { data, width: side, height: side },
  { ...network.config.image, invert: true },
);
const [scores] = await network.classify(tf.tensor4d(images.data, images.shape), { labels: 3 });
for (const { label, score } of scores!) console.log(label, score.toFixed(3));
