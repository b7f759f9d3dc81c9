import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fixedPoints, network, type Points } from '../../test/network';
import type { BatchSource, Trainable } from '../interfaces';
import { evaluate } from './evaluate';

let model: ReturnType<typeof network>;
let before = 0;
beforeEach(() => {
  model = network();
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
  model.dispose();
});

/** The network in plain float64. */
function plainly(rows: ReturnType<typeof fixedPoints>['rows']) {
  const values = Object.fromEntries(
    Object.entries(model.variables).map(([name, variable]) => [name, Array.from(variable.dataSync())]),
  );
  const hidden = values['hidden/bias']!.length;
  let [loss, accuracy] = [0, 0];
  for (const [x, y, label] of rows) {
    let out = values['out/bias']![0]!;
    for (let i = 0; i < hidden; i++) {
      const sum =
        x * values.scale![0]! * values['hidden/kernel']![i]! +
        y * values.scale![1]! * values['hidden/kernel']![hidden + i]!;
      out += Math.tanh(sum + values['hidden/bias']![i]!) * values['out/kernel']![i]!;
    }
    const output = 1 / (1 + Math.exp(-out));
    loss += (output - label) ** 2;
    accuracy += output > 0.5 === label > 0.5 ? 1 : 0;
  }
  return [loss / rows.length, accuracy / rows.length];
}

it.each([
  { count: 21, batchSize: 8 },
  { count: 16, batchSize: 8 },
  { count: 3, batchSize: 8 },
])('averages $count rows in batches of $batchSize, without the padding', async sizes => {
  const { rows, source } = fixedPoints(sizes);
  const metrics = await evaluate(model, source);
  expect(Object.keys(metrics)).toEqual(['loss', 'accuracy']);
  expect([metrics.loss!, metrics.accuracy!]).toBeAllClose(plainly(rows));
});

it('covers all rows and leaves the source where it was, also in the middle of an epoch', async () => {
  const { rows, source } = fixedPoints();
  (await source.next()).dispose();
  const metrics = await evaluate(model, source);
  expect([metrics.loss!, metrics.accuracy!]).toBeAllClose(plainly(rows));
  expect(source.state()).toBe(1);
});

it('stops between two batches by a signal', async () => {
  const { source } = fixedPoints();
  const abort = new AbortController();
  let batches = 0;
  const stopping: typeof source = {
    ...source,
    next() {
      if (++batches === 2) abort.abort(new Error('enough'));
      return source.next();
    },
  };
  await expect(evaluate(model, stopping, { signal: abort.signal })).rejects.toThrow('enough');
  expect(batches).toBe(2);
  expect(source.state()).toBe(0);
});

it('stops by a signal that comes while it computes', async () => {
  const { source } = fixedPoints({ count: 20_000, batchSize: 8 });
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error('enough')), 0);
  await expect(evaluate(model, source, { signal: abort.signal })).rejects.toThrow('enough');
});

it('passes on an error of the source, which is then where it was', async () => {
  const { source } = fixedPoints();
  const failing: typeof source = {
    ...source,
    next: () => (source.state() === 1 ? Promise.reject(new Error('no such file')) : source.next()),
  };
  await expect(evaluate(model, failing)).rejects.toThrow('no such file');
  expect(source.state()).toBe(0);
});

it('takes a model that asks less of a batch than the source gives', async () => {
  const { source } = fixedPoints();
  const constant: Trainable<Pick<Points, 'labels'>> = {
    variables: {},
    loss: ({ labels }) => ({ loss: tf.mean(labels) as tf.Scalar, metrics: {} }),
    evaluate: ({ labels }) => ({ loss: tf.onesLike(labels) }),
  };
  expect(await evaluate(constant, source)).toEqual({ loss: 1 });
});

it('refuses values that are not of each row', async () => {
  const { source } = fixedPoints();
  const mean = {
    ...model,
    evaluate: () => ({ loss: tf.zeros([8]) as tf.Tensor1D, total: tf.scalar(1) as tf.Tensor as tf.Tensor1D }),
  };
  await expect(evaluate(mean, source)).rejects.toMatchObject({
    code: 'invalid-tensor',
    message: expect.stringContaining(
      'expected "total" to have one value per row of the batch (8 or more), found shape []',
    ),
  });
  const nameless = { ...model, evaluate: () => ({ accuracy: tf.zeros([8]) as tf.Tensor1D }) };
  await expect(evaluate(nameless, source)).rejects.toThrow(
    'expected a value named "loss" of each row, found [accuracy]',
  );
});

it('leaves out what has several values per row', async () => {
  const { source } = fixedPoints();
  const scored = { evaluate: () => ({ loss: tf.ones([8]), scores: tf.zeros([8, 2]) }) };
  expect(await evaluate(scored, source)).toEqual({ loss: 1 });
});

it('refuses a source without rows', async () => {
  const empty: BatchSource<never> = {
    batchesPerEpoch: 0,
    next: () => Promise.reject(new Error('empty')),
    state: () => null,
    restore() {},
  };
  await expect(evaluate(model, empty)).rejects.toMatchObject({
    code: 'invalid-data',
    message: 'evaluate: expected a source with at least one row, found none',
  });
});
