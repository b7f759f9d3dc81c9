import * as tf from '@tensorflow/tfjs-core';
import { initializers, input, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { savedAndLoaded } from '../../test/saved-and-loaded';
import { smallNetworks } from '../../test/small-networks';
import { exponentialSquash } from '../capsules/exponential-squash';
import { squash } from '../capsules/squash';
import { convolution2d } from '../convolution/convolution2d';
import { capsNet } from '../networks/capsnet/capsnet';
import { dynamicRouting } from '../routing/dynamic/dynamic-routing';
import { selfAttentionRouting } from '../routing/self-attention/self-attention-routing';
import { BatchNorm } from './batch-norm';
import { CapsuleLayer } from './capsule-layer';
import { CapsuleLength } from './capsule-length';
import { CapsuleMask } from './capsule-mask';
import { PrimaryCapsules } from './primary-capsules';
import { ReluConvolution } from './relu-convolution-layer';
import { SeededDropout } from './seeded-dropout';

/** A classifier of two stacked capsule layers, as a user would put it together. */
function smallClassifier(): LayersModel {
  const start = (stddev: number, seed: number) => ({
    kernelInitializer: initializers.truncatedNormal({ stddev, seed }),
  });
  const network = sequential();
  network.add(
    layers.conv2d({
      inputShape: [10, 9, 2],
      filters: 4,
      kernelSize: 3,
      activation: 'relu',
      ...start(0.2, 1),
    }),
  );
  network.add(new PrimaryCapsules({ channels: 2, dim: 3, kernelSize: 3, strides: 2, ...start(0.2, 2) }));
  network.add(
    new CapsuleLayer({ capsules: 5, dim: 4, routing: { over: 'in', iterations: 2 }, ...start(0.5, 3) }),
  );
  network.add(
    new CapsuleLayer({
      capsules: 3,
      dim: 6,
      routing: { useBias: true, gradient: 'last' },
      name: 'digits',
      ...start(0.5, 4),
    }),
  );
  network.add(new CapsuleLength());
  return network;
}

const images = () => tf.randomUniform<tf.Rank.R4>([3, 10, 9, 2], 0, 1, 'float32', 5);

test('layers compute what the functions compute', () => {
  const network = smallClassifier();
  const [conv, primary, hidden, digits] = network.layers;
  const features = conv!.apply(images()) as tf.Tensor4D;
  const [kernel, bias] = primary!.getWeights();
  const convolved = tf.add(convolution2d(features, kernel as tf.Tensor4D, 2, { method: 'direct' }), bias!);
  const u = squash(tf.reshape(convolved, [3, -1, 3]));
  expect(primary!.apply(features) as tf.Tensor).toBeAllClose(u);
  const { capsules } = dynamicRouting(u, hidden!.getWeights()[0]!, {
    over: 'in',
    iterations: 2,
    method: 'plain',
  });
  expect(hidden!.apply(u) as tf.Tensor).toBeAllClose(capsules);
  const [weight, routingBias] = digits!.getWeights();
  const last = dynamicRouting(capsules, weight!, { bias: routingBias!, method: 'plain' }).capsules;
  expect(network.predict(images()) as tf.Tensor).toBeAllClose(tf.sqrt(tf.sum(tf.square(last), -1)));
});

test('a layer of self-attention routing computes what the function computes, with a bias of couplings', async () => {
  const network = sequential();
  network.add(
    new CapsuleLayer({
      inputShape: [5, 4],
      capsules: 3,
      dim: 6,
      routing: 'self-attention',
      biasInitializer: initializers.randomNormal({ stddev: 0.5, seed: 2 }),
    }),
  );
  const u = tf.randomNormal<tf.Rank.R3>([2, 5, 4], 0, 1, 'float32', 3);
  const [weight, bias] = network.getWeights();
  expect(bias!.shape).toEqual([5, 3]);
  const { capsules } = selfAttentionRouting(u, weight!, bias!);
  expect(network.predict(u) as tf.Tensor).toBeAllClose(capsules, { relative: 1e-6 });
  expect((await savedAndLoaded(network)).predict(u) as tf.Tensor).toBeAllClose(capsules, { relative: 1e-6 });
});

test.each([
  { kernelSize: 4, strides: 1, outputs: 1 },
  { kernelSize: 2, strides: 2, outputs: 2 },
])(
  'depthwise primary capsules of a kernel of $kernelSize are a convolution within each channel',
  async ({ kernelSize, strides, outputs }) => {
    const network = sequential();
    network.add(
      new PrimaryCapsules({
        inputShape: [4, 4, 6],
        channels: 2,
        dim: 3,
        kernelSize,
        strides,
        depthwise: true,
        squash: 'exponential',
      }),
    );
    const [kernel, bias] = network.getWeights() as [tf.Tensor4D, tf.Tensor];
    expect(kernel.shape).toEqual([kernelSize, kernelSize, 6, 1]);
    expect(bias.shape).toEqual([6]);
    // As a convolution of all channels whose kernel is 0 between two
    const diagonal = tf.mul(kernel, tf.eye(6)) as tf.Tensor4D;
    const x = tf.randomNormal<tf.Rank.R4>([2, 4, 4, 6], 0, 1, 'float32', 3);
    const features = tf.conv2d(x, diagonal, strides, 'valid');
    const expected = exponentialSquash(tf.reshape(features, [2, outputs * outputs * 2, 3]));
    expect(network.predict(x) as tf.Tensor).toBeAllClose(expected);
    expect((await savedAndLoaded(network)).predict(x) as tf.Tensor).toBeAllClose(expected);
  },
);

test('a sequential model of capsule layers is saved and loaded with the same outputs', async () => {
  const network = smallClassifier();
  const loaded = await savedAndLoaded(network);
  expect(loaded.predict(images()) as tf.Tensor).toBeAllClose(network.predict(images()) as tf.Tensor, {
    relative: 0,
  });
  // tfjs writes an absent seed as null.
  const configs = (model: LayersModel) =>
    JSON.stringify(
      model.layers.map(layer => layer.getConfig()),
      (_, v) => v ?? undefined,
    );
  expect(configs(loaded)).toBe(configs(network));
});

describe.each(smallNetworks)('both models of a network with $name', ({ config: { decoder, ...config } }) => {
  test.each(['label', 'prediction'] as const)(', masked by %s, are saved and loaded', async maskBy => {
    const network = capsNet({
      ...config,
      image: { ...config.image, mean: 0.2, standardDeviation: 0.5 },
      decoder: { ...decoder!, maskBy },
    });
    const image = tf.randomUniform<tf.Rank.R4>([2, 12, 14, 2], 0, 1, 'float32', 3);
    const outputs = (model: LayersModel, inputs: tf.Tensor[]) => model.apply(inputs) as tf.Tensor[];
    const label = tf.tensor1d([3, 0], 'int32');
    for (const [original, inputs] of [
      [network.inference, [image]],
      [network.training, [image, label]],
    ] as const) {
      const loaded = await savedAndLoaded(original);
      const found = outputs(loaded, [...inputs]);
      outputs(original, [...inputs]).forEach((expected, index) => {
        expect(found[index]!).toBeAllClose(expected, { relative: 0 });
      });
    }
  });
});

test('the training model predicts and fits as any tfjs model', async () => {
  const network = capsNet({
    image: { height: 9, width: 10, channels: 2 },
    convolutions: [],
    primary: { channels: 2, dim: 3, kernelSize: 4, strides: 2, gain: 1 },
    decoder: { hidden: [5] },
  });
  const image = tf.randomUniform<tf.Rank.R4>([2, 9, 10, 2], 0, 1, 'float32', 3);
  const label = tf.tensor1d([7, 0], 'int32');
  const [capsules, reconstruction] = network.training.predict([image, label]) as [tf.Tensor3D, tf.Tensor];
  expect(reconstruction).toBeAllClose(network.decode(capsules, label));
  const squaredError = (truth: tf.Tensor, found: tf.Tensor) => tf.mean(tf.square(tf.sub(truth, found)));
  network.training.compile({ optimizer: 'sgd', loss: [squaredError, squaredError] });
  const { history } = await network.training.fit([image, label], [tf.zeros([2, 10, 16]), image], {
    verbose: 0,
  });
  expect(history.loss).toHaveLength(1);
});

test('fit() lowers the loss of a model with capsule layers', async () => {
  const network = smallClassifier();
  network.compile({ optimizer: tf.train.adam(0.02), loss: 'meanSquaredError' });
  const targets = tf.tensor2d([
    [0.9, 0.1, 0.1],
    [0.1, 0.9, 0.1],
    [0.1, 0.1, 0.9],
  ]);
  const { history } = await network.fit(images(), targets, { epochs: 40, batchSize: 3, verbose: 0 });
  const losses = history.loss as number[];
  expect(losses.at(-1)!).toBeLessThan(losses[0]! * 0.7);
});

test('the mask keeps the labelled capsule, several, or the longest', () => {
  // prettier-ignore
  const capsules = tf.tensor3d([
    [
      [1, 2],
      [3, 4],
      [5, 0],
    ],
    [
      [0.5, 0],
      [0.1, 0],
      [0, 0.2],
    ],
  ]);
  const mask = (...others: tf.Tensor[]) => new CapsuleMask().apply([capsules, ...others]) as tf.Tensor;
  const rows = (...values: number[]) => tf.tensor2d(values, [2, 6]);
  expect(mask(tf.tensor1d([1, 2], 'int32'))).toBeAllClose(rows(0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0.2));
  expect(mask(tf.tensor2d([1, 0, 1, 0, 0, 0], [2, 3]))).toBeAllClose(
    rows(1, 2, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0),
  );
  expect(new CapsuleMask().apply(capsules) as tf.Tensor).toBeAllClose(
    rows(0, 0, 3, 4, 0, 0, 0.5, 0, 0, 0, 0, 0),
  );
});

test.each([
  [
    'a wrong rank',
    () => new CapsuleLayer({ capsules: 3, dim: 4, name: 'digits' }),
    [4, 4, 4],
    'CapsuleLayer "digits": expected an input [batch, in, inDim], found [batch, 4, 4, 4]',
  ],
  [
    'an unknown size',
    () => new CapsuleLayer({ capsules: 3, dim: 4, name: 'digits' }),
    [null, 4],
    'CapsuleLayer "digits": expected a known number of lower capsules (axis 1)',
  ],
  [
    'a kernel larger than the image',
    () => new PrimaryCapsules({ channels: 3, dim: 4, name: 'primary' }),
    [8, 20, 1],
    'PrimaryCapsules "primary": expected at least 9x9 for its kernel, found [batch, 8, 20, 1]',
  ],
  [
    'channels that are not one per depthwise feature',
    () => new PrimaryCapsules({ channels: 3, dim: 4, depthwise: true, name: 'primary' }),
    [20, 20, 10],
    'PrimaryCapsules "primary": expected 12 channels (channels * dim) to be depthwise, found [batch, 20, 20, 10]',
  ],
  [
    'lengths of lengths',
    () => new CapsuleLength({ name: 'lengths' }),
    [4],
    'CapsuleLength "lengths": expected an input [batch, capsules, dim], found [batch, 4]',
  ],
])('a layer refuses %s when it is built', (_, make, shape, message) => {
  expect(() => make().apply(input({ shape: shape as number[] }))).toThrow(message);
});

test.each([
  [
    () => new CapsuleLayer({ capsules: 0, dim: 4, name: 'digits' }),
    'CapsuleLayer "digits": expected capsules to be a positive integer, found 0',
  ],
  [
    () => new CapsuleLayer({ capsules: 2, dim: 4, routing: { over: 'up' as 'in' }, name: 'digits' }),
    'CapsuleLayer "digits": routing: over: expected "out" or "in", found "up"',
  ],
  [
    () => new CapsuleLayer({ capsules: 2, dim: 4, routing: 'none' as 'dynamic', name: 'digits' }),
    'CapsuleLayer "digits": routing: type: expected "dynamic" or "self-attention" or "em", found "none"',
  ],
])('a layer refuses a wrong option', (make, message) => {
  expect(make).toThrow(message);
});

test('weights that do not fit a built layer are refused by name and shape', () => {
  const capsuleLayer = new CapsuleLayer({ capsules: 3, dim: 4, name: 'digits' });
  capsuleLayer.apply(tf.zeros([2, 5, 6]));
  expect(() => capsuleLayer.apply(tf.zeros([2, 5, 8]))).toThrow(
    'expected u [batch, 5, 6] for weight [5,3,6,4], found [2,5,8]',
  );
});

describe('primary capsules as tfjs users write them', () => {
  test.each([
    { kernelSize: 3, strides: 2, size: [7, 6] },
    { kernelSize: [3, 2], strides: [2, 1], size: [7, 6] },
    { kernelSize: [2, 5], strides: 3, size: [7, 4] },
    { kernelSize: 9, strides: 1, size: [4, 5] },
  ] as const)(
    'padding "same" is that of tf.layers.conv2d: $kernelSize, $strides, $size',
    ({ kernelSize, strides, size }) => {
      const primary = new PrimaryCapsules({ channels: 2, dim: 3, kernelSize, strides, padding: 'same' });
      const x = tf.randomUniform<tf.Rank.R4>([2, ...size, 3], -1, 1, 'float32', 3);
      const found = primary.apply(x) as tf.Tensor3D;
      expect(primary.computeOutputShape(x.shape)).toEqual(found.shape);
      const [kernel, bias] = primary.getWeights() as [tf.Tensor4D, tf.Tensor1D];
      // By windows of the padded picture: libtensorflow's own is wrong where strides differ.
      const steps = typeof strides === 'number' ? ([strides, strides] as const) : strides;
      const expected = squash(tf.reshape(tf.add(convolvedByWindows(x, kernel, steps), bias), [2, -1, 3]));
      expect(found).toBeAllClose(expected);
    },
  );

  test('are saved and loaded', () => {
    const primary = new PrimaryCapsules({
      channels: 2,
      dim: 3,
      kernelSize: [3, 2],
      strides: [2, 1],
      padding: 'same',
    });
    const config = primary.getConfig();
    expect(new PrimaryCapsules(config as never).getConfig()).toEqual(config);
    expect(config).toMatchObject({ kernelSize: [3, 2], strides: [2, 1], padding: 'same' });
  });

  test.each([
    [{ kernelSize: [3, 0] }, 'expected kernelSize to be a positive integer, or two, found [3, 0]'],
    [{ strides: [1, 2, 3] }, 'expected strides to be a positive integer, or two, found [1, 2, 3]'],
    [{ padding: 'full' }, 'expected padding to be valid or same, found full'],
    [
      { depthwise: true, strides: [1, 2] },
      'expected one number for the strides of a depthwise convolution, found [1, 2]',
    ],
  ])('say what is wrong: %j', (args, message) => {
    expect(() => new PrimaryCapsules({ channels: 2, dim: 3, ...args } as never)).toThrow(message);
  });
});

/** A convolution with padding "same", as sums over windows. */
function convolvedByWindows(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  strides: readonly [number, number],
): tf.Tensor {
  const [batch, ...size] = x.shape.slice(0, 3) as [number, number, number];
  const [outputs, zeros] = [0, 1].reduce<[number[], [number, number][]]>(
    ([outputs, zeros], axis) => {
      const count = Math.ceil(size[axis]! / strides[axis]!);
      const all = Math.max(0, (count - 1) * strides[axis]! + kernel.shape[axis]! - size[axis]!);
      return [
        [...outputs, count],
        [...zeros, [Math.floor(all / 2), all - Math.floor(all / 2)]],
      ];
    },
    [[], []],
  );
  const padded = tf.pad(x, [[0, 0], ...zeros, [0, 0]]);
  const windows: tf.Tensor[] = [];
  for (let row = 0; row < outputs[0]!; row++) {
    for (let column = 0; column < outputs[1]!; column++) {
      const [height, width, below] = kernel.shape;
      const window = tf.slice(
        padded,
        [0, row * strides[0], column * strides[1], 0],
        [batch, height, width, below],
      );
      windows.push(
        tf.matMul(tf.reshape(window, [batch, -1]), tf.reshape(kernel, [height * width * below, -1])),
      );
    }
  }
  return tf.reshape(tf.stack(windows, 1), [batch, ...outputs, -1]);
}

describe('initialisers by name', () => {
  test('are those of tfjs', () => {
    const layer = new CapsuleLayer({ capsules: 2, dim: 3, kernelInitializer: 'ones' });
    layer.apply(tf.zeros([1, 4, 5]));
    expect(layer.getWeights()[0]!).toBeAllClose(tf.ones([4, 2, 5, 3]));
    const primary = new PrimaryCapsules({
      channels: 2,
      dim: 3,
      kernelSize: 2,
      kernelInitializer: 'glorotNormal',
      biasInitializer: 'Ones',
    });
    expect(primary.getConfig()).toMatchObject({
      kernelInitializer: { className: initializers.glorotNormal({}).getClassName() },
      biasInitializer: { className: 'Ones' },
    });
  });

  test.each(['glorot', 'Dense', 'dense', '', 'toString'])('that there are not are named: "%s"', name => {
    expect(() => new CapsuleLayer({ capsules: 2, dim: 3, kernelInitializer: name })).toThrow(
      `expected an initialiser of tf.initializers or its name, as "glorotNormal", found "${name}"`,
    );
  });
});

test.each([
  [
    () => new CapsuleLayer({ num_capsule: 10, dim_capsule: 16 } as never),
    'num_capsule: did you mean capsules?',
  ],
  [
    () => new CapsuleLayer({ capsules: 2, dim: 3, routings: 2 } as never),
    "did you mean routing: { type: 'dynamic', iterations }?",
  ],
  [
    () => new PrimaryCapsules({ channels: 2, dim: 3, kernel_size: 3 } as never),
    'kernel_size: did you mean kernelSize?',
  ],
  [
    () => new PrimaryCapsules({ channels: 2, dim: 3, toString: 3 } as never),
    'unknown option toString: did you mean',
  ],
  [() => new CapsuleMask({ mask_by: 'label' } as never), 'mask_by: did you mean maskBy?'],
  [
    () => new ReluConvolution({ filters: 2, kernelSize: 3, stride: 2 } as never),
    'stride: did you mean strides?',
  ],
  [() => new BatchNorm({ axis: 3 } as never), 'unknown option axis'],
  [() => new SeededDropout({ rate: 0.5, seeds: 1 } as never), 'seeds: did you mean seed?'],
  [() => new CapsuleLength({ nmae: 'lengths' } as never), 'nmae: did you mean name?'],
])('an option that a layer does not have is refused: %#', (make, message) => {
  expect(make).toThrow(message);
});
