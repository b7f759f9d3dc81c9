import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import golden from '../../../golden/self-attention-routing.json?raw';
import { type Golden, ofGradients, ofValues, read } from '../../../test/golden';
import { selfAttentionRouting } from './self-attention-routing';

interface Case {
  readonly u: Golden;
  readonly weight: Golden;
  /** [out, in], like the couplings [batch, out, in] */
  readonly bias: Golden;
  readonly dv: Golden;
  readonly v: Golden;
  readonly couplings: Golden;
  readonly du: Golden;
  readonly dweight: Golden;
  readonly dbias: Golden;
}

const { cases } = JSON.parse(golden) as { cases: Case[] };

test.each(cases)('routes as PyTorch does: [$u.shape] x [$weight.shape]', tensors => {
  const inputs = [read(tensors.u), read(tensors.weight), tf.transpose(read(tensors.bias))];
  const { value, grads } = tf.valueAndGrads(
    (u, weight, bias) => selfAttentionRouting(u!, weight!, bias).capsules as tf.Tensor,
  )(inputs, read(tensors.dv));
  expect(value).toBeAllClose(tensors.v, ofValues);
  expect(grads[0]).toBeAllClose(tensors.du, ofGradients);
  expect(grads[1]).toBeAllClose(tensors.dweight, ofGradients);
  expect(tf.transpose(grads[2]!)).toBeAllClose(tensors.dbias, ofGradients);
  const { couplings } = selfAttentionRouting(inputs[0]!, inputs[1]!, inputs[2]);
  expect(tf.transpose(couplings, [0, 2, 1])).toBeAllClose(tensors.couplings, ofValues);
});

test('without a bias each child shares itself out over the parents; no other tensors stay', () => {
  const [u, weight] = [read(cases[0]!.u), read(cases[0]!.weight)];
  const before = tf.memory().numTensors;
  const { capsules, couplings } = selfAttentionRouting(u, weight);
  expect(tf.memory().numTensors).toBe(before + 2);
  expect(tf.sum(couplings, 2)).toBeAllClose(tf.ones([2, 16]));
  expect(capsules.shape).toEqual([2, 10, 16]);
});

test('capsules of zeros have finite gradients', () => {
  const weight = read(cases[0]!.weight);
  const gradient = tf.grad(u => selfAttentionRouting(u, weight).capsules as tf.Tensor)(tf.zeros([2, 16, 8]));
  expect(Array.from(gradient.dataSync()).every(Number.isFinite)).toBe(true);
});

test('says which shapes do not fit', () => {
  const weight = tf.zeros([5, 3, 4, 6]);
  const u = tf.zeros([2, 5, 4]);
  expect(() => selfAttentionRouting(tf.zeros([2, 5, 3]), weight)).toThrow(
    'expected u [batch, 5, 4] for weight [5,3,4,6], found [2,5,3]',
  );
  expect(() => selfAttentionRouting(u, tf.zeros([5, 3]))).toThrow(
    'expected weight [in, out, inDim, outDim], found [5,3]',
  );
  expect(() => selfAttentionRouting(u, weight, tf.zeros([3, 5]))).toThrow('expected bias [5, 3]');
});
