import '@tensorflow/tfjs-backend-cpu';
import type { SummaryWriter } from '@capsnet/trainer/node';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { tensorBoardOf } from './tensorboard';

it('writes metrics as scalars of their split, and variables and gradients as histograms of their own', async () => {
  const written: unknown[] = [];
  const writer: SummaryWriter = {
    scalar: (name, value, step) => written.push([name, value, step]),
    histogram: (name, values, step) => written.push([name, Array.from(values), step]),
  };
  const board = tensorBoardOf(writer);
  board.scalars({
    split: 'validation',
    step: 7,
    epoch: 1,
    loss: 0.5,
    accuracy: 0.9,
    margin: 0.4,
    seconds: 3,
  });
  const [kernel, gradient] = [tf.tensor1d([1, 2]), tf.tensor1d([-3, 4])];
  await board.histograms({
    type: 'inspection',
    step: 8,
    epoch: 1,
    variables: { 'conv1/kernel': kernel },
    gradients: { 'conv1/kernel': gradient },
  });
  expect(written).toEqual([
    ['validation/loss', 0.5, 7],
    ['validation/accuracy', 0.9, 7],
    ['validation/margin', 0.4, 7],
    ['parameters/conv1/kernel', [1, 2], 8],
    ['gradients/conv1/kernel', [-3, 4], 8],
  ]);
});
