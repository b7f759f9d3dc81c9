import '@tensorflow/tfjs-backend-cpu';
import { capsNet } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import { drawReconstructions } from './reconstructions';

const net = capsNet({
  image: { height: 8, width: 8 },
  convolutions: [],
  primary: { channels: 1, dim: 2, kernelSize: 3, strides: 3 },
  classes: 3,
  classDim: 2,
  decoder: { hidden: [4] },
});

it('frames what is misclassified, above and below, and nothing else', async () => {
  const images = tf.randomUniform<tf.Rank.R4>([5, 8, 8, 1], 0, 1, 'float32', 1);
  const classes = await tf.argMax(net.scores(images), 1).array();
  // The third and the fifth are labelled as what the network does not see.
  const labels = tf.tensor1d(
    (classes as number[]).map((label, i) => (i === 2 || i === 4 ? (label + 1) % 3 : label)),
    'int32',
  );
  const sheet = PNG.sync.read(await drawReconstructions(net, { images, labels }, { scale: 1, columns: 3 }));
  const isFramed = (row: number, column: number) => {
    const at = 4 * ((row + 1) * sheet.width + 4 + 12 * column);
    return [...sheet.data.subarray(at, at + 3)].join() === '194,65,12';
  };
  // Two groups of two rows each, the second one 10 pixels further down
  const tops = [0, 12, 34, 46];
  expect(tops.map(top => [0, 1, 2].map(column => isFramed(top, column)))).toEqual([
    [false, false, true],
    [false, false, true],
    [false, true, false],
    [false, true, false],
  ]);

  const unknown = PNG.sync.read(await drawReconstructions(net, { images }, { scale: 1, columns: 3 }));
  expect(unknown.data.includes(Buffer.from([194, 65, 12]))).toBe(false);
});
