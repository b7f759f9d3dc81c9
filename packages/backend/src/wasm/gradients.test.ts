import '@tensorflow/tfjs-layers'; // registers the gradients
import { pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';

const backend = inject('backend');

/** Values and gradients of f, weighted by different numbers, on a backend. */
async function trace(only: typeof backend | 'cpu', f: (...x: tf.Tensor[]) => tf.Tensor, shapes: number[][]) {
  await pickBackend({ only });
  const inputs = shapes.map((shape, i) => numbers(shape, i + 1));
  const y = f(...inputs);
  const weights = numbers(y.shape, 9);
  const gradients = tf.grads((...x: tf.Tensor[]) => tf.sum(tf.mul(f(...x), weights)))(inputs);
  const values = [y, ...gradients].map(each => ({ shape: each.shape, data: each.dataSync().slice() }));
  tf.dispose([y, weights, inputs, gradients]);
  return values;
}

async function expectAgreement(f: (...x: tf.Tensor[]) => tf.Tensor, shapes: number[][]) {
  const expected = await trace('cpu', f, shapes);
  const found = await trace(backend, f, shapes);
  for (const [i, value] of found.entries())
    expect(value).toBeAllClose(expected[i]!, { relative: 1e-4, absolute: 1e-6 });
}

/** Different numbers in -1..1, none near 0 or another: maxima and kinks are unambiguous. */
function numbers(shape: number[], phase: number): tf.Tensor {
  const length = tf.util.sizeFromShape(shape);
  const data = Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7 + phase) || 0.5);
  return tf.tensor(data, shape);
}

const mask = () => tf.tensor2d([[1, 0, 1]], [1, 3], 'bool');
const indices = () => tf.tensor1d([0, 2, 2], 'int32');

const cases: Record<string, [(...x: tf.Tensor[]) => tf.Tensor, ...number[][]]> = {
  'conv2d, stride 2': [
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'valid'),
    [2, 9, 9, 3],
    [3, 3, 3, 4],
  ],
  conv2dTranspose: [
    (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 9, 9, 3], 2, 'valid'),
    ...[
      [2, 4, 4, 4],
      [3, 3, 3, 4],
    ],
  ],
  depthwiseConv2d: [
    (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
    ...[
      [2, 6, 6, 3],
      [3, 3, 3, 2],
    ],
  ],
  'dense layer': [
    (x, w, bias) => tf.fused.matMul({ a: x as tf.Tensor2D, b: w as tf.Tensor2D, bias, activation: 'relu' }),
    ...[[3, 4], [4, 5], [5]],
  ],
  maxPool: [x => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'), [2, 6, 6, 3]],
  avgPool: [x => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'), [2, 6, 6, 3]],
  matMul: [(a, b) => tf.matMul(a, b, true, true), [2, 30, 20], [2, 40, 30]],
  gather: [x => tf.gather(x, indices(), 1), [4, 3]],
  where: [(x, y) => tf.where(mask(), x, y), [4, 3], [4, 3]],
  stack: [(x, y) => tf.stack([x, y], 1), [4, 3], [4, 3]],
  concat: [(x, y) => tf.concat([x, y], 1), [4, 3], [4, 2]],
  split: [x => tf.split(x, 2, 0)[1]!, [4, 3]],
  tile: [x => tf.tile(x, [2, 3]), [4, 3]],
  pad: [
    x =>
      tf.pad(x, [
        [1, 2],
        [0, 1],
      ]),
    [4, 3],
  ],
  slice: [x => tf.slice(x, [1, 0, 1], [2, 3, 1]), [4, 3, 2]],
  reverse: [x => tf.reverse(x, 0), [4, 3]],
  transpose: [x => tf.transpose(x, [2, 0, 1]), [4, 3, 2]],
  batchToSpace: [
    x =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    [4, 2, 2, 3],
  ],
  spaceToBatch: [
    x =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    [1, 4, 4, 3],
  ],
  resizeBilinear: [x => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 7]), [1, 4, 4, 3]],
  sum: [x => tf.sum(x, 1), [4, 3]],
  mean: [x => tf.mean(x, 1), [4, 3]],
  max: [x => tf.max(x, 1), [4, 3]],
  maximum: [(x, y) => tf.maximum(x, y), [4, 3], [4, 3]],
  minimum: [(x, y) => tf.minimum(x, y), [4, 3], [4, 3]],
  'broadcast product': [(x, y) => tf.mul(x, y), [2, 1, 4, 3], [5, 1, 3]],
  softmax: [x => tf.softmax(x), [4, 3]],
  logSoftmax: [x => tf.logSoftmax(x), [4, 3]],
  norm: [x => tf.norm(x, 'euclidean', 1), [4, 3]],
  relu: [x => tf.relu(x), [4, 3]],
  leakyRelu: [x => tf.leakyRelu(x), [4, 3]],
  elu: [x => tf.elu(x), [4, 3]],
  sigmoid: [x => tf.sigmoid(x), [4, 3]],
  tanh: [x => tf.tanh(x), [4, 3]],
  abs: [x => tf.abs(x), [4, 3]],
  sign: [x => tf.sign(x), [4, 3]],
  sqrt: [x => tf.sqrt(tf.add(tf.square(x), 0.1)), [4, 3]],
  log: [x => tf.log(tf.add(tf.square(x), 0.1)), [4, 3]],
  exp: [x => tf.exp(x), [4, 3]],
  div: [(x, y) => tf.div(x, tf.add(tf.square(y), 0.5)), [4, 3], [4, 3]],
  clip: [x => tf.clipByValue(x, -0.5, 0.5), [4, 3]],
  batchNorm: [
    (x, mean, offset, scale) =>
      tf.batchNorm(
        x as tf.Tensor4D,
        mean as tf.Tensor1D,
        [1, 2, 3, 4],
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
      ),
    ...[[2, 3, 3, 4], [4], [4], [4]],
  ],
};
// Some backends lack these.
if (backend === 'wasm') {
  cases.conv3d = [
    (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, 'same'),
    [1, 4, 4, 4, 2],
    [2, 2, 2, 2, 3],
  ];
}

describe('gradients agree with those of the cpu backend', () => {
  for (const [name, [f, ...shapes]] of Object.entries(cases)) {
    it(name, () => expectAgreement(f, shapes));
  }

  it('conv2d of any size, stride and padding', async () => {
    const shape = fc.record({
      batch: fc.integer({ min: 1, max: 3 }),
      height: fc.integer({ min: 4, max: 10 }),
      width: fc.integer({ min: 4, max: 10 }),
      channels: fc.integer({ min: 1, max: 4 }),
      filters: fc.integer({ min: 1, max: 5 }),
      kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
      strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      pad: fc.constantFrom<'valid' | 'same'>('valid', 'same'),
    });
    await fc.assert(
      fc.asyncProperty(shape, async ({ batch, height, width, channels, filters, kernel, strides, pad }) => {
        // The wasm backend itself gives zeros for a stride larger than a kernel that is padded to the same size.
        fc.pre(pad === 'valid' || strides.every((stride, axis) => stride <= kernel[axis]!));
        const f = (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad);
        await expectAgreement(f as (...x: tf.Tensor[]) => tf.Tensor, [
          [batch, height, width, channels],
          [...kernel, channels, filters],
        ]);
      }),
      { numRuns: backend === 'webgl' ? 3 : 40, seed: 3 },
    );
  });
});
