import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fixedPoints, network, type Points } from '../../test/network';
import { evaluateRows } from './evaluate-rows';

let before = 0;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before);
});

/** Of each point itself, its label and x + y: values of several widths and types. */
const parts = {
  evaluate: ({ points, labels }: Points) => ({
    points,
    label: tf.cast(labels, 'int32'),
    sum: tf.tidy(() => tf.sum(points, 1)),
  }),
};

it('gives the values of all rows in their order, without the padding, and the batch they are of', async () => {
  const { rows, source } = fixedPoints({ count: 21, batchSize: 8 });
  const found: number[][] = [];
  for await (const { batch, rows } of evaluateRows(parts, source)) {
    expect(batch.labels.shape).toEqual([8]);
    expect(Array.from(rows.label!)).toEqual(Array.from(batch.labels.dataSync()).slice(0, batch.count));
    expect([rows.points!.length, rows.sum!.length]).toEqual([2 * batch.count, batch.count]);
    rows.label!.forEach((label, i) => {
      found.push([...rows.points!.slice(2 * i, 2 * i + 2), label]);
      expect(rows.sum![i]).toBeCloseTo(rows.points![2 * i]! + rows.points![2 * i + 1]!, 5);
    });
  }
  expect(found).toEqual(rows.map(row => [...row.slice(0, 2).map(Math.fround), row[2]]));
});

it('leaves nothing behind, and the source where it was, when the consumer leaves', async () => {
  const model = network();
  const { source } = fixedPoints();
  for await (const { rows } of evaluateRows(model, source)) {
    expect(rows.loss).toHaveLength(8);
    break;
  }
  expect(source.state()).toBe(0);
  model.dispose();
});

it('refuses a value that is not of the rows', async () => {
  const { source } = fixedPoints();
  const few = { evaluate: () => ({ pair: tf.zeros([7, 2]) }) };
  await expect(evaluateRows(few, source).next()).rejects.toMatchObject({
    code: 'invalid-tensor',
    message:
      'evaluate: expected "pair" to have one value per row of the batch (8 or more), found shape [7,2]',
  });
});
