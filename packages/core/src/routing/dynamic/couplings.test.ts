import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { expectGradients } from '../../../test/gradient';
import { couplingsOf } from './couplings';
import { dynamicRouting } from './dynamic-routing';

const logits = () =>
  tf.tensor3d([
    [
      [1, 3, 2],
      [-1, 0, 4],
    ],
  ]);

describe('couplings by min-max normalisation', () => {
  test('go from 0 at the least to 1 at the largest logit', () => {
    expect(couplingsOf(logits(), 'max-min', 2)).toBeAllClose([0, 1, 0.5, 0, 0.2, 1]);
    expect(couplingsOf(logits(), 'max-min', 1)).toBeAllClose([1, 1, 0, 0, 0, 1]);
  });

  test('do not change when all logits are multiplied, as those of the softmax do', () => {
    const tenfold = tf.mul(logits(), 10);
    expect(couplingsOf(tenfold, 'max-min', 2)).toBeAllClose(couplingsOf(logits(), 'max-min', 2));
    expect(() =>
      expect(couplingsOf(tenfold, 'softmax', 2)).toBeAllClose(couplingsOf(logits(), 'softmax', 2)),
    ).toThrow();
  });

  test('are 1 where all logits are equal', () => {
    expect(couplingsOf(tf.zeros([1, 2, 3]), 'max-min', 2)).toBeAllClose(tf.ones([1, 2, 3]));
  });
});

test('softmax couplings are those of tfjs', () => {
  expect(couplingsOf(logits(), 'softmax', 2)).toBeAllClose(tf.softmax(logits(), 2));
});

const random = (shape: number[], seed: number, scale = 1) =>
  tf.variable(tf.mul(tf.randomNormal(shape, 0, 1, 'float32', seed), scale));

describe.each(['out', 'in'] as const)('routing by min-max couplings over %s', over => {
  const options = { coupling: 'max-min', over, iterations: 3 } as const;

  test.each(['full', 'last'] as const)('both formulations agree, gradient %s', gradient => {
    const [u, weight, bias, dv] = [
      random([2, 6, 4], 1),
      random([6, 3, 4, 5], 2, 0.5),
      random([3, 5], 3),
      random([2, 3, 5], 4),
    ];
    const run = (method: 'plain' | 'fast') => {
      const route = (u: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor) =>
        dynamicRouting(u, weight, { ...options, gradient, method, bias });
      const { value, grads } = tf.valueAndGrads(
        (u, weight, bias) => route(u!, weight!, bias!).capsules as tf.Tensor,
      )([u!, weight!, bias!], dv!);
      return [value, route(u!, weight!, bias!).couplings, ...grads];
    };
    const fast = run('fast');
    run('plain').forEach((expected, index) => {
      expect(fast[index]!).toBeAllClose(expected, { relative: 2e-5 });
    });
  });

  test('along the gradient the value rises by its length', () => {
    const variables = { u: random([2, 6, 4], 1), weight: random([6, 3, 4, 5], 2, 0.5) };
    const target = tf.randomNormal([2, 3, 5], 0, 1, 'float32', 7);
    expectGradients(variables, () => {
      const { capsules } = dynamicRouting(variables.u, variables.weight, options);
      return tf.sum(tf.mul(capsules, target)) as tf.Scalar;
    });
  });
});
