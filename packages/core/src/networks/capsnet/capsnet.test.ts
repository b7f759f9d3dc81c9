import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import golden from '../../../golden/model.json?raw';
import { type Golden, type GoldenSample, ofGradients, ofValues } from '../../../test/golden';
import { type Fill, fill } from '../../../test/golden-fill';
import { expectGradients } from '../../../test/gradient';
import { expectSample, indicesInPyTorch, nameInPyTorch } from '../../../test/pytorch-layout';
import { smallNetworks } from '../../../test/small-networks';
import { importPyTorchWeights } from '../../interchange/pytorch-weights';
import { spreadLoss } from '../../losses/spread-loss';
import type { RoutingConfig } from '../../routing/routings';
import { capsNet } from './capsnet';
import type { CapsNetOptions } from './config';
import { efficientConfig } from './presets/efficient';
import { labmlConfig } from './presets/labml';
import { paperConfig } from './presets/paper';
import { weightShapes } from './weight-shapes';

interface Case {
  readonly name: string;
  readonly mode: 'seed' | 'paper';
  readonly config: {
    readonly image: { channels: number; height: number; width: number };
    readonly conv1Filters: number;
    readonly primaryChannels: number;
    readonly primaryDim: number;
    readonly routers: { out: number; outDim: number }[];
    readonly decoderHidden: number[];
    readonly routingBias: boolean;
    readonly iterations: number;
    readonly gradient: 'full' | 'last';
    readonly reconstructionWeight: number;
    readonly adam: { learningRate: number; beta1: number; beta2: number; epsilon: number };
  };
  readonly labels: number[];
  readonly tensors: Record<string, Fill>;
  readonly images: Fill;
  readonly first: {
    readonly lengths: Golden;
    readonly routed: Golden[];
    readonly reconstruction: Golden;
    readonly reconstructionOfNextClass: Golden;
    readonly predictions: number[];
    readonly margin: number;
    readonly reconstructionLoss: number;
    readonly loss: number;
    readonly gradients: Record<string, GoldenSample>;
  };
  readonly losses: number[];
  readonly parametersAfter: Record<string, GoldenSample>;
}

const { cases } = JSON.parse(golden) as { cases: Case[] };
const formulations = [
  { routing: 'plain', convolution: 'direct' },
  { routing: 'fast', convolution: 'bilinear' },
] as const;

/** The small configuration of a golden case. */
function configOf({ mode, config }: Case, method: (typeof formulations)[number]): CapsNetOptions {
  const base = mode === 'seed' ? labmlConfig : paperConfig;
  const layers = config.routers.map(({ out, outDim }) => ({ capsules: out, dim: outDim }));
  const last = layers.at(-1)!;
  return {
    ...base,
    image: config.image,
    classes: last.capsules,
    classDim: last.dim,
    convolutions: [{ filters: config.conv1Filters, kernelSize: 9, strides: 1 }],
    primary: {
      ...base.primary,
      channels: config.primaryChannels,
      dim: config.primaryDim,
      method: method.convolution,
    },
    hidden: layers.slice(0, -1),
    routing: {
      ...(base.routing as Extract<RoutingConfig, { type: 'dynamic' }>),
      iterations: config.iterations,
      gradient: config.gradient,
      useBias: config.routingBias,
      method: method.routing,
    },
    decoder: { ...base.decoder!, hidden: config.decoderHidden, weight: config.reconstructionWeight },
  };
}

/** A golden case under the names and in the layout of a `state_dict`. */
function stateOf({ tensors, config }: Case): Record<string, { shape: number[]; data: Float32Array }> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, filled]) => {
      const { shape, data } = fill(filled);
      const stateName = name
        .replace(`router${config.routers.length - 1}.`, 'digit_capsules.')
        .replace(/router(\d+)/, (_, index) => `capsules${Number(index) + 1}`)
        .replace(/decoder(\d+)/, (_, index) => `decoder.${2 * Number(index)}`);
      return [
        stateName,
        name.startsWith('decoder') && shape.length === 2 ? transposed(shape, data) : { shape, data },
      ];
    }),
  );
}

function transposed(shape: number[], data: Float32Array): { shape: number[]; data: Float32Array } {
  const [rows, columns] = shape as [number, number];
  const swapped = Float32Array.from(data, (_, k) => data[(k % rows) * columns + Math.floor(k / rows)]!);
  return { shape: [columns, rows], data: swapped };
}

describe.each(cases)('$name', example => {
  describe.each(formulations)('$routing routing, $convolution convolution', method => {
    test('forward, gradients and three steps of Adam agree with PyTorch', () => {
      const network = capsNet(configOf(example, method));
      const state = stateOf(example);
      const shapes = Object.fromEntries(Object.entries(state).map(([name, { shape }]) => [name, shape]));
      const indices = indicesInPyTorch(network, shapes);
      importPyTorchWeights(network, state);

      const nchw = fill(example.images);
      const images = tf.transpose(
        tf.tensor4d(
          nchw.data.map(value => 0.5 + value),
          nchw.shape as [number, number, number, number],
        ),
        [0, 2, 3, 1],
      );
      const labels = tf.tensor1d(example.labels, 'int32');
      const batch = { images, labels };
      const first40 = (reconstruction: tf.Tensor) =>
        tf.slice(
          tf.reshape(tf.transpose(reconstruction, [0, 3, 1, 2]), [labels.size, -1]),
          [0, 0],
          [labels.size, 40],
        );

      const { first } = example;
      const capsules = network.capsules(images);
      expect(capsules.poses).toBeAllClose(first.routed.at(-1)!, ofValues);
      const [lengths, best] = network.inference.predict(images) as [tf.Tensor, tf.Tensor];
      expect(lengths).toBeAllClose(first.lengths, ofValues);
      expect(Array.from(tf.argMax(lengths, -1).dataSync())).toEqual(first.predictions);
      const [trained, reconstruction] = network.training.apply([images, labels]) as [tf.Tensor, tf.Tensor];
      expect(trained).toBeAllClose(capsules.poses);
      expect(first40(reconstruction!)).toBeAllClose(first.reconstruction, ofValues);
      expect(best).toBeAllClose(network.decode(capsules));
      const next = tf.tensor1d(
        example.labels.map(label => (label + 1) % network.config.classes),
        'int32',
      );
      expect(first40(network.decode(capsules, next))).toBeAllClose(first.reconstructionOfNextClass, ofValues);

      const { learningRate, beta1, beta2, epsilon } = example.config.adam;
      const adam = tf.train.adam(learningRate, beta1, beta2, epsilon);
      const trainable = Object.values(network.variables);
      example.losses.forEach((expected, step) => {
        let metrics: Readonly<Record<string, tf.Scalar>> = {};
        const { value, grads } = tf.variableGrads(() => {
          const result = network.loss(batch);
          metrics = Object.fromEntries(
            Object.entries(result.metrics).map(([name, metric]) => [name, tf.keep(metric)]),
          );
          return result.loss;
        }, trainable);
        expect(value).toBeAllClose([expected], ofValues);
        if (step === 0) {
          expect(metrics.margin!).toBeAllClose([first.margin], ofValues);
          expect(metrics.reconstruction!).toBeAllClose([first.reconstructionLoss], ofValues);
          compare(name => grads[network.variables[name]!.name]!, first.gradients, ofGradients.relative);
        }
        adam.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
        tf.dispose([value, grads, metrics]);
      });
      compare(name => network.variables[name]!, example.parametersAfter, ofValues.relative);
      network.dispose();

      function compare(
        tensorOf: (name: string) => tf.Tensor,
        golden: Record<string, GoldenSample>,
        relative: number,
      ) {
        for (const name of Object.keys(network.variables)) {
          const inState = nameInPyTorch(network, name);
          const inGolden = goldenName(inState, example);
          const isLinear = inGolden.startsWith('decoder') && golden[inGolden]!.shape.length === 2;
          const shape = golden[inGolden]!.shape as [number, number];
          expectSample(
            tensorOf(name),
            indices[name]!,
            golden[inGolden]!,
            relative,
            isLinear ? shape : undefined,
          );
        }
      }
    });
  });
});

function goldenName(inState: string, { config }: Case): string {
  return inState
    .replace('digit_capsules', `router${config.routers.length - 1}`)
    .replace(/capsules(\d+)/, (_, index) => `router${Number(index) - 1}`)
    .replace(/decoder\.(\d+)/, (_, index) => `decoder${Number(index) / 2}`);
}

function someImages(batch: number): tf.Tensor4D {
  return tf.randomUniform([batch, 12, 14, 2], 0, 1, 'float32', 7);
}

test.each([
  { name: "the paper's network", config: paperConfig, parameters: 8_215_568 },
  {
    name: 'Efficient-CapsNet without its decoder',
    config: { ...efficientConfig, decoder: null },
    parameters: 161_824,
  },
])('$name has $parameters trained parameters', ({ config, parameters }) => {
  const trained = Object.entries(weightShapes(config)).filter(([name]) => !name.includes('/moving_'));
  const size = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
  expect(trained.reduce((sum, [, shape]) => sum + size(shape), 0)).toBe(parameters);
});

test('Efficient-CapsNet starts as Keras starts it', () => {
  const network = capsNet({ ...efficientConfig, decoder: null });
  const trained = Object.values(network.variables).filter(({ trainable }) => trainable);
  expect(trained.reduce((sum, { size }) => sum + size, 0)).toBe(161_824);
  const deviation = (name: string) => Math.sqrt(tf.moments(network.variables[name]!).variance.dataSync()[0]!);
  // he_normal, whose fan-in for W [10, 16, 8, 16] is 10 * 16 * 8 in Keras, and glorot_uniform for a kernel [9, 9, 1, 128]
  expect(deviation('conv4/kernel') / Math.sqrt(2 / (9 * 64))).toBeCloseTo(1, 1);
  expect(deviation('classes/kernel') / Math.sqrt(2 / 1280)).toBeCloseTo(1, 1);
  expect(deviation('primary/kernel') / Math.sqrt(2 / (81 + 81 * 128))).toBeCloseTo(1, 1);
  network.dispose();
});

describe.each(smallNetworks)('a small network with $name', ({ config }) => {
  test('names and shapes of the weights follow from the configuration', () => {
    const withBias = 'useBias' in config.routing && { useBias: true };
    const network = capsNet({ ...config, routing: { ...config.routing, ...withBias } as RoutingConfig });
    const found = Object.fromEntries(
      Object.entries(network.variables).map(([name, { shape }]) => [name, shape]),
    );
    expect(found).toEqual(weightShapes(network.config));
    network.dispose();
  });

  test('the same seed gives the same weights, another seed others', () => {
    const [a, b, c] = [1, 1, 2].map(seed => capsNet({ ...config, seed }));
    for (const name of Object.keys(a!.variables)) {
      expect(b!.variables[name]!).toBeAllClose(a!.variables[name]!, { relative: 0 });
    }
    expect(() =>
      expect(c!.variables['classes/kernel']!).toBeAllClose(a!.variables['classes/kernel']!),
    ).toThrow();
    for (const network of [a!, b!, c!]) network.dispose();
  });

  test('knows a single class', () => {
    const network = capsNet({ ...config, classes: 1 });
    const { metrics } = network.loss({ images: someImages(2), labels: tf.tensor1d([0, 0], 'int32') });
    expect(metrics.accuracy!).toBeAllClose([1]);
    network.dispose();
  });

  test('predicts what its model of inference does, by name', () => {
    const network = capsNet(config);
    const before = tf.memory().numTensors;
    const { activations, reconstruction } = network.predict(someImages(3));
    const [lengths, best] = network.inference.predict(someImages(3)) as [tf.Tensor, tf.Tensor];
    expect(activations).toBeAllClose(lengths, { relative: 0 });
    expect(reconstruction!).toBeAllClose(best, { relative: 0 });
    tf.dispose([activations, reconstruction!, lengths, best]);
    expect(tf.memory().numTensors).toBe(before + 2); // the images
    expect(() => network.predict(tf.zeros([1, 5, 5, 1]))).toThrow('predict: expected images');
    network.dispose();
  });

  test('refuses to classify by scores that are not finite', async () => {
    const network = capsNet({ ...config, decoder: null });
    const kernel = network.variables['classes/kernel']!;
    tf.tidy(() => kernel.assign(tf.fill(kernel.shape, Number.NaN)));
    const before = tf.memory().numTensors;
    await expect(network.classify(someImages(2))).rejects.toThrow(
      'classify: expected finite scores, found others for image 0: weights or pixels are not finite, or too large',
    );
    expect(tf.memory().numTensors).toBe(before + 1); // the images
    network.dispose();
  });

  test('trains without a decoder, and says so when asked to decode', () => {
    const network = capsNet({ ...config, decoder: null });
    const { loss, metrics } = network.loss({
      images: someImages(3),
      labels: tf.tensor1d([0, 1, 2], 'int32'),
    });
    expect(metrics[config.loss.type]!).toBeAllClose(loss);
    expect((network.inference.predict(someImages(3)) as tf.Tensor).shape).toEqual([3, 4]);
    expect(network.predict(someImages(3)).reconstruction).toBeNull();
    expect(() => network.decode(network.capsules(someImages(3)))).toThrow('has no decoder');
    network.dispose();
  });

  test('no tensors stay behind, neither of a step nor of a network', () => {
    const images = someImages(3);
    const labels = tf.tensor1d([0, 1, 2], 'int32');
    const before = tf.memory().numTensors;
    const network = capsNet(config);
    const withNetwork = tf.memory().numTensors;
    for (let step = 0; step < 3; step++) {
      tf.dispose(tf.tidy(() => tf.variableGrads(() => network.loss({ images, labels }).loss)));
      tf.dispose(network.evaluate({ images, labels }));
      tf.dispose(tf.tidy(() => network.decode(network.capsules(images))));
    }
    expect(tf.memory().numTensors).toBe(withNetwork);
    network.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

const usesBatchNorm = ({ config }: (typeof smallNetworks)[number]) =>
  config.convolutions.some(({ batchNorm }) => batchNorm);

test.each(smallNetworks.filter(network => !usesBatchNorm(network)))(
  'the mean of the values per example is the loss: $name',
  ({ config }) => {
    const network = capsNet(config);
    const batch = { images: someImages(5), labels: tf.tensor1d([0, 1, 2, 3, 0], 'int32') };
    const { loss, metrics } = network.loss(batch);
    const { loss: losses, scores, ...others } = network.evaluate(batch);
    expect(tf.mean(losses!)).toBeAllClose(loss);
    expect(scores!).toBeAllClose(network.scores(batch.images), { relative: 0 });
    expect(Object.keys(metrics)).toEqual(Object.keys(others));
    for (const [name, values] of Object.entries(others)) expect(tf.mean(values)).toBeAllClose(metrics[name]!);
    network.dispose();
  },
);

test('batch normalisation learns from the batch, and evaluates by what it has seen', () => {
  const { config } = smallNetworks.find(usesBatchNorm)!;
  const network = capsNet(config);
  const batch = { images: someImages(6), labels: tf.tensor1d([0, 1, 2, 3, 0, 1], 'int32') };
  const { variables } = network;
  const moving = () => variables['norm1/moving_mean']!.dataSync();
  const held = Object.values(variables).filter(({ trainable }) => !trainable);
  expect(held.map(({ shape }) => shape)).toEqual([[4], [4], [6], [6]]);

  const before = network.evaluate(batch);
  expect(network.evaluate(batch).loss!).toBeAllClose(before.loss!, { relative: 0 });
  expect(moving()).toEqual(new Float32Array(4));

  const convolved = tf.relu(
    tf.add(
      tf.conv2d(batch.images, variables['conv1/kernel'] as tf.Tensor4D, 1, 'valid'),
      variables['conv1/bias']!,
    ),
  );
  const { mean, variance } = tf.moments(convolved, [0, 1, 2]);
  const { loss } = network.loss(batch);
  expect(moving()).toBeAllClose(tf.mul(mean, 0.01));
  expect(variables['norm1/moving_variance']!).toBeAllClose(tf.add(0.99, tf.mul(variance, 0.01)));

  // After endless batches of the same, what was seen is the batch itself, and both agree. Three batches are seen by 1 - 0.99^3.
  for (let step = 1; step < 3; step++) tf.dispose(network.loss(batch));
  const seen = 1 - 0.99 ** 3;
  for (const [name, variable] of Object.entries(variables)) {
    if (!/moving_/.test(name)) continue;
    const start = name.endsWith('moving_variance') ? 1 : 0;
    variable.assign(tf.div(tf.sub(variable, start * (1 - seen)), seen));
  }
  expect(tf.mean(network.evaluate(batch).loss!)).toBeAllClose(loss);
  network.dispose();
});

describe('two labels an image', () => {
  const { config } = smallNetworks[1]!;
  const labels = [
    [0, 3],
    [2, 1],
    [1, 0],
  ];
  const someDigits = () => [someImages(3), tf.randomUniform<tf.Rank.R4>([3, 12, 14, 2], 0, 1, 'float32', 8)];
  const twice = () => ({
    images: someImages(3),
    labels: tf.tensor2d(labels, [3, 2], 'int32'),
    digits: someDigits(),
  });

  test('the loss is that of two classes, and of two digits apart', () => {
    const network = capsNet(config);
    const batch = twice();
    const found = network.evaluate(batch);
    const capsules = network.capsules(batch.images);
    const lengths = tf.sqrt(tf.sum(tf.square(capsules.poses), -1)).arraySync() as number[][];
    const margin = lengths.map((row, example) =>
      row.reduce((sum, length, k) => {
        const isThere = labels[example]!.includes(k);
        return sum + (isThere ? Math.max(0, 0.9 - length) ** 2 : 0.5 * Math.max(0, length - 0.1) ** 2);
      }, 0),
    );
    expect(found.margin!).toBeAllClose(margin);
    const squares = batch.digits.map((digit, index) => {
      const label = tf.tensor1d(
        labels.map(row => row[index]!),
        'int32',
      );
      return tf.sum(tf.squaredDifference(network.decode(capsules, label), digit), [1, 2, 3]);
    });
    const reconstruction = tf.add(squares[0]!, squares[1]!);
    expect(found.reconstruction!).toBeAllClose(reconstruction);
    expect(found.loss!).toBeAllClose(tf.add(margin, tf.mul(reconstruction, 0.0005)));
    expect(network.loss(batch).loss).toBeAllClose(tf.mean(found.loss!));
    network.dispose();
  });

  test('a row of labels is right if the longest capsules are all of them', () => {
    const network = capsNet({ ...config, decoder: null });
    const images = someImages(2);
    const lengths = network.inference.predict(images) as tf.Tensor;
    const order = tf.topk(lengths, 4).indices.arraySync() as number[][];
    const [first, second] = order as [number[], number[]];
    const chosen = [
      [first[1]!, first[0]!],
      [second[0]!, second[2]!],
    ];
    const { accuracy } = network.evaluate({ images, labels: tf.tensor2d(chosen, [2, 2], 'int32') });
    expect(accuracy!).toBeAllClose([1, 0]);
    network.dispose();
  });

  test('says which digits are missing, and that a prediction has none', () => {
    const network = capsNet(config);
    const { digits, ...batch } = twice();
    expect(() => network.loss(batch)).toThrow('expected as many digits, apart, as labels an image (2)');
    expect(() => network.loss({ ...batch, digits: digits.slice(1) })).toThrow('found 1');
    network.dispose();
    const byPrediction = capsNet({ ...config, decoder: { ...config.decoder!, maskBy: 'prediction' } });
    expect(() => byPrediction.loss(twice())).toThrow(
      'expected config.decoder.maskBy to be "label" for 2 labels',
    );
    byPrediction.dispose();
  });
});

// The golden values above have the gradients of dynamic routing.
test.each(smallNetworks.slice(1))(
  'along the gradient of each weight the loss rises by its length: $name',
  ({ config }) => {
    const network = capsNet({ ...config, decoder: null });
    const batch = { images: someImages(3), labels: tf.tensor1d([0, 1, 2], 'int32') };
    expectGradients(network.variables, () => network.loss(batch).loss);
    network.dispose();
  },
);

const [{ config: small }] = smallNetworks;

test.each([
  [{ classes: 0 }, 'capsNet: classes: expected at least 1, found 0'],
  [
    { primary: { ...small.primary, kernelSize: 11 } },
    'primary.kernelSize: expected at most 10, what is left of the image, found 11',
  ],
  [{ routing: { over: 'parents' } }, 'routing.over: expected "out" or "in", found "parents"'],
  [
    { routing: { type: 'self-attention', iterations: 3 } },
    'capsNet: routing.iterations belongs to routing.type "dynamic" or "em"',
  ],
  [{ colour: 'red' }, 'unknown key colour: did you mean'],
  [{ primary: { squish: 'paper' } }, 'unknown key primary.squish: did you mean primary.squash?'],
  [
    { convolutions: [{ filters: 3, kernelSize: 3, batchnorm: true }] },
    'unknown key convolutions.0.batchnorm: did you mean convolutions.0.batchNorm?',
  ],
  [
    { convolutions: [{ filters: 3, kernelSize: 3, batchNorm: 1 }] },
    'batchNorm: expected true or false, found 1',
  ],
  [
    { primary: { ...small.primary, depthwise: true } },
    'primary.channels * primary.dim: expected 3, the channels below, to be depthwise, found 6',
  ],
  [{ primary: { squash: 'hard' } }, 'primary.squash: expected "paper" or "exponential", found "hard"'],
  [{ routing: { type: 'none' } }, 'routing.type: expected "dynamic" or "self-attention" or "em"'],
  [
    { hidden: [{ capsules: 2, dim: 3, kernelSize: 2 }] },
    'routing.type "dynamic" fills no convolutional capsule layer',
  ],
  [JSON.parse('{"__proto__": {"classes": 3}}'), 'unknown key __proto__'],
  [{ classes: [[[3]]] }, 'classes: expected a number, found [a list of 1]'],
  [{ loss: null }, 'loss: expected an object, found null'],
])('refuses %o', (change, message) => {
  expect(() => capsNet(Object.fromEntries(Object.entries({ ...small, ...change })))).toThrow(message);
});

test('a disposed network leaves no tensor, not even the transform of a kernel that was kept', () => {
  const images = someImages(1);
  const before = tf.memory().numTensors;
  const network = capsNet({ ...small, primary: { ...small.primary, method: 'bilinear' } });
  tf.dispose(network.scores(images));
  network.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('images are normalised by their mean and standard deviation', () => {
  const [mean, standardDeviation] = [0.1307, 0.3081];
  const plain = capsNet({ ...small, decoder: null });
  const normalising = capsNet({
    ...small,
    decoder: null,
    image: { ...small.image, mean, standardDeviation },
  });
  const images = someImages(2);
  const normalised = tf.div(tf.sub(images, mean), standardDeviation) as tf.Tensor4D;
  expect(normalising.scores(images)).toBeAllClose(plain.scores(normalised), { relative: 1e-4 });
  plain.dispose();
  normalising.dispose();
});

test('the margin of the spread loss grows with the steps of training, which are saved with the weights', () => {
  const config = { ...small, decoder: null, loss: { type: 'spread', from: 0.2, to: 0.9, steps: 4 } } as const;
  const network = capsNet(config);
  const batch = { images: someImages(2), labels: tf.tensor1d([0, 1], 'int32') };
  const activations = network.scores(batch.images);
  const spread = (margin: number) => spreadLoss(batch.labels, activations, { margin }).dataSync()[0]!;
  for (const margin of [0.2, 0.375, 0.55, 0.725, 0.9, 0.9]) {
    // Validation losses have to compare, or the best weights are those of the smallest margin.
    expect(tf.mean(network.evaluate(batch).loss!)).toBeAllClose([spread(0.9)]);
    expect(network.loss(batch).loss).toBeAllClose([spread(margin)]);
  }
  expect(network.variables['loss/step']!.dataSync()[0]).toBe(6);
  network.dispose();
});
