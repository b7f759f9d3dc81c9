import { expect, test } from 'vitest';
import { capsNetConfig } from './capsnet/check-config';
import { efficientConfig } from './capsnet/presets/efficient';
import { labmlConfig } from './capsnet/presets/labml';
import { paperConfig } from './capsnet/presets/paper';
import { smallCnnConfig } from './cnn/presets/small';
import { fromEarlier } from './earlier-config';
import { networkConfig } from './kinds';

// As the version before the schema wrote them.
const image = { height: 28, width: 28, channels: 1, mean: 0, deviation: 1 };
const routing = { iterations: 3, softmaxOver: 'out', gradient: 'full', bias: false };
const paper = {
  image,
  classes: 10,
  convolutions: [{ filters: 256, kernel: 9, stride: 1 }],
  primary: { channels: 32, dim: 8, kernel: 9, stride: 2, gain: 1 },
  hidden: [],
  classDim: 16,
  routing,
  decoder: { hidden: [512, 1024], maskBy: 'label', weight: 0.0005, reduction: 'sum', target: 'image' },
  margin: { squared: true, mPositive: 0.9, mNegative: 0.1, lambda: 0.5 },
  initializer: { convolution: 'fanIn', routing: { distribution: 'truncatedNormal', deviation: 0.1 } },
  seed: 1,
};
const labml = {
  ...paper,
  image: { ...image, mean: 0.1307, deviation: 0.3081 },
  routing: { ...routing, softmaxOver: 'in' },
  decoder: { ...paper.decoder, maskBy: 'prediction', reduction: 'mean', target: 'normalised' },
  margin: { ...paper.margin, squared: false },
  initializer: { convolution: 'fanIn', routing: { distribution: 'normal', deviation: 1 } },
};
const efficient = {
  ...paper,
  convolutions: [
    { filters: 32, kernel: 5, stride: 1, batchNorm: true },
    { filters: 64, kernel: 3, stride: 1, batchNorm: true },
    { filters: 64, kernel: 3, stride: 1, batchNorm: true },
    { filters: 128, kernel: 3, stride: 2, batchNorm: true },
  ],
  primary: { channels: 16, dim: 8, kernel: 9, stride: 1, gain: 1, depthwise: true, squash: 'exponential' },
  routing: { ...routing, type: 'self-attention', iterations: 1, bias: true },
  initializer: {
    convolution: 'heNormal',
    routing: { ...paper.initializer.routing, deviation: Math.sqrt(2 / 1280) / 0.87962566103423978 },
  },
};
const cnn = {
  image,
  classes: 10,
  convolutions: [
    { filters: 32, kernel: 5, stride: 1, pool: 2 },
    { filters: 64, kernel: 5, stride: 1, pool: 2 },
  ],
  dense: [2592],
  dropout: 0.5,
  seed: 1,
};

test.each([
  ['paper', paper, paperConfig],
  ['labml', labml, labmlConfig],
  ['efficient', efficient, efficientConfig],
  ['cnn', cnn, smallCnnConfig],
])('the configuration of an earlier version is that of today: %s', (_, earlier, today) => {
  expect(networkConfig(fromEarlier(earlier) as object)).toEqual(today);
});

test('that of today stays as it is, and so does what is none', () => {
  for (const config of [paperConfig, labmlConfig, efficientConfig, smallCnnConfig, null, 3, 'text', [1]])
    expect(fromEarlier(config)).toEqual(config);
  expect(fromEarlier({ primary: { kernel: 5 } })).toEqual({ primary: { kernelSize: 5 } });
  expect(fromEarlier({ convolutions: { 2: { stride: 2 } } })).toEqual({
    convolutions: { 2: { strides: 2 } },
  });
});

test('every default is the paper', () => {
  expect(capsNetConfig({})).toEqual(paperConfig);
  expect(networkConfig({})).toEqual(paperConfig);
  expect(networkConfig({ kind: 'cnn' })).toEqual(smallCnnConfig);
});
