import { pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { expect, inject, it } from 'vitest';

it('computes on the backend that was picked', async () => {
  expect(await pickBackend({ only: inject('backend') })).toMatchObject({
    name: inject('backend'),
    skipped: [],
  });
  expect(tf.matMul([[1, 2]], [[3], [4]])).toBeAllClose([11]);
});
