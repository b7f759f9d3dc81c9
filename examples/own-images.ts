// Pictures of your own, in a folder for each class: a network learns them, and classifies another one.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pickBackend } from '@capsnet/backend';
import { capsNet } from '@capsnet/core';
import { type ImageSet, imagesFrom, trainingBatches } from '@capsnet/data';
import { train } from '@capsnet/trainer';
import * as tf from '@tensorflow/tfjs-core';

await pickBackend();

// pictures/circle/01.png and so on, of any size. Dark ink on white paper becomes white on black, as MNIST has it.
const folder = join(import.meta.dirname, 'pictures');
const files = (await readdir(folder, { recursive: true })).filter(file => file.endsWith('.png')).sort();
const classes = [...new Set(files.map(dirname))];
const size = { height: 28, width: 28, invert: true };
const { data, shape } = await imagesFrom(
  await Promise.all(files.map(file => readFile(join(folder, file)))),
  size,
);
const pictures: ImageSet = {
  data: Uint8Array.from(data, value => 255 * value),
  shape,
  labels: Uint8Array.from(files, file => classes.indexOf(dirname(file))),
  classes,
};

const network = capsNet({
  seed: 1,
  classes: classes.length,
  convolutions: [{ filters: 32, kernelSize: 5, strides: 2 }],
  primary: { channels: 8, kernelSize: 5 },
  decoder: null,
});
const source = trainingBatches(pictures, { batchSize: 12, seed: 1, shift: 2, rotation: 10, scale: 0.1 });
for await (const event of train(network, source, { epochs: 40 })) {
  if (event.type === 'epoch') console.log(`epoch ${event.epoch}`, event.metrics.loss);
}

const another = await imagesFrom(await readFile(join(import.meta.dirname, 'picture.png')), size);
const [scores] = await network.classify(tf.tensor4d(another.data, another.shape), { labels: classes.length });
for (const { label, score } of scores!) console.log(classes[label], score.toFixed(3));
