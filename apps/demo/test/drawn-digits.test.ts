import { pickBackend } from '@capsnet/backend';
import { loadPretrained } from '@capsnet/pretrained';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { digitImage } from '../src/drawing/digit-image';
import { pretrainedModels } from '../src/network/model-source';
import drawn from './drawn-digits.json';

// Fifty digits as strokes of a pen, five of each class, in sides of the pad: put down point by point in the ways that
// people write them, then slanted, stretched and made a little unsteady.

beforeAll(async () => {
  await pickBackend({ only: 'wasm' });
});

test.each(pretrainedModels)('$name classifies at least 46 of 50 drawn digits correctly', async ({ name }) => {
  const net = await loadPretrained(name, { decoder: false });
  const images = drawn.map(
    ({ strokes }) => digitImage(strokes.map(stroke => stroke.map(([x, y]) => ({ x: x!, y: y! }))))!,
  );
  const predicted = tf.tidy(() => {
    const batch = tf.tensor4d(Float32Array.from(images.flatMap(image => [...image])), [50, 28, 28, 1]);
    return tf.argMax(net.scores(batch), 1);
  });
  const classes = await predicted.data();
  predicted.dispose();
  net.dispose();
  const wrong = drawn.flatMap(({ label }, at) =>
    classes[at] === label ? [] : [`${at}: a ${label} classified as ${classes[at]}`],
  );
  expect(drawn).toHaveLength(50);
  expect(wrong.length, wrong.join(', ')).toBeLessThanOrEqual(4);
});
