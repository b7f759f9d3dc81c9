import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import golden from '../../golden/convolution.json?raw';
import { type Golden, ofGradients, ofValues, read } from '../../test/golden';
import { convolution2d } from './convolution2d';

interface Case {
  readonly strides: number;
  readonly x: Golden;
  readonly kernel: Golden;
  readonly dy: Golden;
  readonly y: Golden;
  readonly dx: Golden;
  readonly dkernel: Golden;
}

const { cases } = JSON.parse(golden) as { cases: Case[] };
const byMethod = (['direct', 'bilinear'] as const).flatMap(method =>
  cases.map(example => ({ ...example, method })),
);

test.each(byMethod)(
  '$method: $x.shape by $kernel.shape, stride $strides',
  ({ method, strides, ...tensors }) => {
    const convolve = tf.valueAndGrads(
      (x, kernel) => convolution2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides, { method }) as tf.Tensor,
    );
    const { value, grads } = convolve([read(tensors.x), read(tensors.kernel)], read(tensors.dy));
    expect(value).toBeAllClose(tensors.y, ofValues);
    expect(grads[0]).toBeAllClose(tensors.dx, ofGradients);
    expect(grads[1]).toBeAllClose(tensors.dkernel, ofGradients);
  },
);

test('every method agrees with a convolution of stride 1 of which only some outputs are kept', () => {
  const size = (max: number) => fc.integer({ min: 1, max });
  const problems = fc
    .record({
      sizes: fc.tuple(size(3), size(12), size(12), size(4)),
      kernelSizes: fc.tuple(size(9), size(9)),
      filters: size(4),
      strides: fc.tuple(size(4), size(4)),
      seed: size(1000),
    })
    .filter(({ sizes, kernelSizes }) => kernelSizes[0] <= sizes[1] && kernelSizes[1] <= sizes[2]);
  fc.assert(
    fc.property(problems, ({ sizes, kernelSizes, filters, strides, seed }) => {
      tf.tidy(() => {
        const x = tf.randomNormal<tf.Rank.R4>(sizes, 0, 1, 'float32', seed);
        const kernel = tf.randomNormal<tf.Rank.R4>(
          [...kernelSizes, sizes[3], filters],
          0,
          1,
          'float32',
          seed + 1,
        );
        // Squared, so that the gradient of the output differs from place to place
        const run = (convolve: (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.Tensor) =>
          tf.valueAndGrads((x, kernel) => tf.square(convolve(x as tf.Tensor4D, kernel as tf.Tensor4D)))([
            x,
            kernel,
          ]);
        const expected = run((x, kernel) => {
          const dense: tf.Tensor = tf.conv2d(x, kernel, 1, 'valid');
          return strides.reduce((y, stride, index) => {
            const kept = Array.from(
              { length: Math.ceil(y.shape[index + 1]! / stride) },
              (_, k) => k * stride,
            );
            return tf.gather(y, tf.tensor1d(kept, 'int32'), index + 1);
          }, dense);
        });
        for (const method of ['auto', 'direct', 'bilinear'] as const) {
          if (method === 'direct' && strides[0] !== strides[1]) continue;
          const found = run((x, kernel) => convolution2d(x, kernel, strides, { method }));
          expect(found.value).toBeAllClose(expected.value, { relative: 2e-5, absolute: 1e-5 });
          found.grads.forEach((gradient, index) => {
            expect(gradient).toBeAllClose(expected.grads[index]!, { relative: 5e-5, absolute: 1e-5 });
          });
        }
      });
    }),
    { numRuns: tf.getBackend() === 'webgl' ? 5 : 60 },
  );
});

test('leaves no tensors but the one it returns', () => {
  const x = tf.ones<tf.Rank.R4>([1, 6, 6, 2]);
  const kernel = tf.ones<tf.Rank.R4>([3, 3, 2, 2]);
  const before = tf.memory().numTensors;
  for (const method of ['direct', 'bilinear'] as const) {
    convolution2d(x, kernel, 2, { method }).dispose();
    tf.dispose(
      tf.grads((x, kernel) => convolution2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 2, { method }))([
        x,
        kernel,
      ]),
    );
    expect(tf.memory().numTensors).toBe(before);
  }
});

test('says which sizes do not fit', () => {
  const x = tf.zeros<tf.Rank.R4>([1, 6, 6, 2]);
  expect(() => convolution2d(x, tf.zeros([3, 3, 1, 2]))).toThrow('expected a kernel of 2 channels');
  expect(() => convolution2d(x, tf.zeros([7, 3, 2, 2]))).toThrow(
    'expected x at least as large as the kernel',
  );
  expect(() => convolution2d(x, tf.zeros([3, 3, 2, 2]), 0)).toThrow('strides to be integers from 1');
});
