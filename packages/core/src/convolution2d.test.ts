import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import golden from '../golden/convolution.json?raw';
import { type Golden, ofGradients, ofValues, read } from '../test/golden';
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

test('bilinear and direct agree for any size, kernel and stride', () => {
  const size = (max: number) => fc.integer({ min: 1, max });
  const problems = fc
    .record({
      batch: size(3),
      height: size(12),
      width: size(12),
      channels: size(4),
      filters: size(4),
      kernelHeight: size(9),
      kernelWidth: size(9),
      vertical: size(4),
      horizontal: size(4),
      seed: size(1000),
    })
    .filter(p => p.kernelHeight <= p.height && p.kernelWidth <= p.width);
  fc.assert(
    fc.property(problems, p => {
      tf.tidy(() => {
        const x = tf.randomNormal<tf.Rank.R4>(
          [p.batch, p.height, p.width, p.channels],
          0,
          1,
          'float32',
          p.seed,
        );
        const kernel = tf.randomNormal<tf.Rank.R4>(
          [p.kernelHeight, p.kernelWidth, p.channels, p.filters],
          0,
          1,
          'float32',
          p.seed + 1,
        );
        const run = (method: 'direct' | 'bilinear') =>
          tf.valueAndGrads(
            (x, kernel) =>
              // squared, so that the gradient of the output differs from place to place
              tf.square(
                convolution2d(x as tf.Tensor4D, kernel as tf.Tensor4D, [p.vertical, p.horizontal], {
                  method,
                }),
              ) as tf.Tensor,
          )([x, kernel]);
        const [direct, bilinear] = [run('direct'), run('bilinear')];
        expect(bilinear.value).toBeAllClose(direct.value, { relative: 2e-5, absolute: 1e-5 });
        expect(bilinear.grads[0]).toBeAllClose(direct.grads[0]!, { relative: 5e-5, absolute: 1e-5 });
        expect(bilinear.grads[1]).toBeAllClose(direct.grads[1]!, { relative: 5e-5, absolute: 1e-5 });
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
