import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import golden from '../../golden/margin-loss.json?raw';
import { type Golden, ofGradients, read } from '../../test/golden';
import { capsuleLength } from '../capsules/length';
import { marginLoss } from './margin-loss';

interface Case {
  readonly squared: boolean;
  readonly mPositive: number;
  readonly mNegative: number;
  readonly lambda_: number;
  readonly v: Golden;
  readonly labels?: number[];
  readonly targets?: Golden;
  readonly loss: number;
  readonly dv?: Golden;
  readonly note?: string;
}

const { cases } = JSON.parse(golden) as { cases: Case[] };
const titled = cases.map((example, index) => ({
  ...example,
  title: `case ${index}: ${example.squared ? 'squared' : 'plain'} ${example.note ?? ''}`,
}));

test.each(titled)(
  '$title',
  ({ v, labels, targets, loss, dv, lambda_: lambda, squared, mPositive, mNegative }) => {
    const options = { squared, mPositive, mNegative, lambda };
    const wanted = targets ? read(targets) : tf.tensor1d(labels!, 'int32');
    const { value, grad } = tf.valueAndGrad(x => marginLoss(wanted, x, options))(read(v));
    expect(value).toBeAllClose([loss]);
    expect(marginLoss(wanted, capsuleLength(read(v)), options)).toBeAllClose([loss]);
    if (dv) expect(grad).toBeAllClose(dv, ofGradients);
    expect(Array.from(grad.dataSync()).every(Number.isFinite)).toBe(true);
  },
);

test('says which shapes do not fit', () => {
  expect(() => marginLoss(tf.zeros([2]), tf.zeros([2, 3, 4, 5]))).toThrow(
    'expected capsules [batch, classes, dim]',
  );
  expect(() => marginLoss(tf.zeros([3]), tf.zeros([2, 3]))).toThrow(
    'expected labels [2], or one-hot [2, 3], found [3]',
  );
});
