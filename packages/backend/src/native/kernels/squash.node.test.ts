import { pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, expect, it } from 'vitest';
import { exponentialSquash } from '../../../../core/src/capsules/exponential-squash';
import { squash } from '../../../../core/src/capsules/squash';
import { demandOwnKernels } from '../../../test/demand-own-kernels';
import { withOwnOperations } from '../../../test/with-own-operations';

beforeEach(async context => {
  demandOwnKernels(context);
  await pickBackend({ only: 'native' });
});

const epsilon = 1e-8;

/** f, with which v = f(|s|) s, and f' / |s|, both in float64. */
interface Factor {
  f(n: number): number;
  slope(n: number): number;
}

const paper: Factor = {
  f: n => n ** 2 / (1 + n ** 2) / Math.sqrt(n ** 2 + epsilon),
  slope: n => {
    const rest = 1 / (1 + n ** 2);
    return (rest * (2 * rest - n ** 2 / (n ** 2 + epsilon))) / Math.sqrt(n ** 2 + epsilon);
  },
};
const exponential: Factor = {
  f: n => (n === 0 ? 1 : -Math.expm1(-n) / n),
  slope: n => (n === 0 ? -0.5 : (Math.exp(-n) + Math.expm1(-n) / n) / n ** 2),
};

const squashes = {
  'the squash of the paper': { by: (s: tf.Tensor) => squash(s, { epsilon }), factor: paper },
  'the exponential squash': { by: exponentialSquash, factor: exponential },
};
// On both sides of 0.1, where the exponential squash takes over from its series
const lengths = [0, 1e-10, 1e-6, 1e-4, 1e-2, 0.0999, 0.1, 0.1001, 0.7, 3, 50, 1e3, 1e10];
const kinds = Object.entries(squashes).flatMap(([name, kind]) =>
  [1, 3, 8, 16, 20].map(dim => ({ name, dim, ...kind })),
);

it.each(kinds)(
  '$name agrees with float64 at each length, value and gradient: dim $dim',
  ({ by, factor, dim }) => {
    const shape = [lengths.length, 3, dim];
    const directions = tf.randomNormal(shape, 0, 1, 'float32', dim);
    const wanted = tf.tensor3d(lengths, [lengths.length, 1, 1]);
    const s = tf.mul(tf.div(directions, tf.norm(directions, 'euclidean', 2, true)), wanted);
    const dv = tf.randomNormal(shape, 0, 1, 'float32', dim + 1);

    const before = tf.memory().numTensors;
    const { result, operations } = withOwnOperations(() => tf.valueAndGrad(by)(s, dv));
    expect(operations).toEqual(['Squash', 'SquashGradient']);
    expect(tf.memory().numTensors).toBe(before + 2);

    expect(result.value.shape).toEqual(shape);
    expect(result.grad.shape).toEqual(shape);
    const [found, slopes] = [result.value, result.grad].map(rowsOf) as [number[][], number[][]];
    const gradients = rowsOf(dv);
    for (const [index, row] of rowsOf(s).entries()) {
      const n = Math.sqrt(dot(row, row));
      const [f, slope] = [factor.f(n), factor.slope(n)];
      const given = gradients[index]!;
      const inner = dot(row, given);
      const value = row.map(x => f * x);
      const gradient = row.map((x, e) => f * given[e]! + slope * inner * x);
      // Along a long vector the parts of the gradient all but cancel.
      const absolute = 3e-6 * f * Math.max(...given.map(Math.abs)) + 1e-37;
      expect(found[index]!, `length ${n}`).toBeAllClose(value, { relative: 2e-6, absolute: 1e-37 });
      expect(slopes[index]!, `length ${n}`).toBeAllClose(gradient, { relative: 0, absolute });
    }
  },
);

it.each(Object.entries(squashes))(
  '%s of a huge vector has length 1, and next to no gradient',
  (_, { by }) => {
    const s = tf.tensor2d([6e17, 8e17], [1, 2]);
    const { value, grad } = tf.valueAndGrad(by)(s, tf.ones([1, 2]));
    expect(value).toBeAllClose(tf.tensor2d([0.6, 0.8], [1, 2]));
    expect(grad).toBeAllClose([0, 0], { absolute: 1e-17 });
  },
);

it.each(Object.entries(squashes))('%s keeps NaN to its vector, and takes any rank', (_, { by }) => {
  const s = tf.tensor2d([1, Number.NaN, 3, 4], [2, 2]);
  const [first, second] = rowsOf(by(s));
  expect(first).toEqual([Number.NaN, Number.NaN]);
  expect(second).toEqual(Array.from(by(tf.tensor1d([3, 4])).dataSync()));
  expect(by(tf.zeros([0, 3, 2])).shape).toEqual([0, 3, 2]);
});

/** The vectors along the last axis. */
function rowsOf(tensor: tf.Tensor): number[][] {
  return tf.tidy(() => tf.reshape(tensor, [-1, tensor.shape.at(-1)!]).arraySync() as number[][]);
}

function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, each, index) => sum + each * y[index]!, 0);
}
