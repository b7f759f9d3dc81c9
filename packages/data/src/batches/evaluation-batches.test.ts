import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { imageAt, numberedImages } from '../../test/image-sets';
import { take } from '../sets/subset';
import { evaluationBatches } from './evaluation-batches';

describe('evaluationBatches', () => {
  test('gives all images in order and pads the last batch with zeros', async () => {
    const set = numberedImages(7);
    const source = evaluationBatches(set, { batchSize: 3 });
    expect(source.batchesPerEpoch).toBe(3);
    const counts: number[] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      for (let start = 0; start < 9; start += 3) {
        const batch = source.next();
        counts.push(batch.count);
        expect(batch.images.shape).toEqual([3, 4, 3, 1]);
        expect([batch.images.dtype, batch.labels.dtype]).toEqual(['float32', 'int32']);
        const rows = [start, start + 1, start + 2];
        const blank = Array<number>(12).fill(0);
        expect([...(await batch.images.data())]).toEqual(
          rows.flatMap(i => (i < 7 ? imageAt(set, i) : blank)),
        );
        expect([...(await batch.labels.data())]).toEqual(rows.map(i => (i < 7 ? set.labels[i] : 0)));
        batch.dispose();
      }
    }
    expect(counts).toEqual([3, 3, 1, 3, 3, 1]);
  });

  test('keeps the channels of the images, the order of a subset, and bytes as 0..1', async () => {
    const set = numberedImages(3, [2, 2, 3]);
    set.data.set([0, 255], 12);
    const batch = evaluationBatches({ set, indices: Uint32Array.of(1, 0) }, { batchSize: 2 }).next();
    expect(batch.images.shape).toEqual([2, 2, 2, 3]);
    const values = await batch.images.data();
    expect([...values.subarray(0, 2)]).toEqual([0, 1]);
    expect(values).toBeAllClose([...imageAt(set, 1), ...imageAt(set, 0)], { relative: 0 });
    batch.dispose();
  });

  test('puts each image into the middle of a canvas', async () => {
    const set = numberedImages(2);
    const batch = evaluationBatches(set, { batchSize: 2, size: 6 }).next();
    expect(batch.images.shape).toEqual([2, 6, 6, 1]);
    // Images of 4x3: one row above, one column to the left.
    const middle = tf.slice(batch.images, [0, 1, 1, 0], [2, 4, 3, 1]);
    expect([...(await middle.data())]).toEqual([...imageAt(set, 0), ...imageAt(set, 1)]);
    const lit = (await batch.images.data()).filter(value => value > 0);
    expect(lit).toHaveLength(24);
    middle.dispose();
    batch.dispose();
    expect(() => evaluationBatches(set, { batchSize: 2, size: 3 })).toThrow(
      'expected a size of at least the 4x3 pixels of an image, found 3',
    );
  });

  test('makes batches that can be held together', async () => {
    const set = numberedImages(6);
    const source = evaluationBatches(set, { batchSize: 3 });
    const [first, second] = [source.next(), source.next()];
    expect([...(await first.images.data())]).toEqual([0, 1, 2].flatMap(i => imageAt(set, i)));
    expect([...(await second.labels.data())]).toEqual([3, 4, 5]);
    first.dispose();
    second.dispose();
  });

  test('goes on where a saved state was', async () => {
    const set = numberedImages(7);
    const source = evaluationBatches(set, { batchSize: 3 });
    source.next().dispose();
    source.next().dispose();
    const resumed = evaluationBatches(set, { batchSize: 3 });
    resumed.restore(JSON.parse(JSON.stringify(source.state())));
    const batch = resumed.next();
    expect(batch.count).toBe(1);
    batch.dispose();
  });

  test('leaves no tensors behind', () => {
    const source = evaluationBatches(numberedImages(7), { batchSize: 3 });
    const before = tf.memory().numTensors;
    for (let i = 0; i < 10; i++) source.next().dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses what it cannot use', () => {
    const set = numberedImages(7);
    const made = (indices: Uint32Array, batchSize: number) => () =>
      evaluationBatches({ set, indices }, { batchSize });
    expect(made(Uint32Array.of(0), 0)).toThrow('expected a batch size of at least 1, found 0');
    expect(made(Uint32Array.of(), 1)).toThrow('expected a subset of at least one image, found none');
    expect(made(Uint32Array.of(1, 7), 1)).toThrow('expected indices below 7, the number of images, found 7');
    const source = evaluationBatches(take(set, 6), { batchSize: 2 });
    const state = source.state() as object;
    expect(() => source.restore({ ...state, images: 7 })).toThrow(
      'saved state of batches: expected "images" to be 6, as in this source, found 7',
    );
    expect(() => source.restore({ ...state, position: 4 })).toThrow(
      'expected "position" to be an integer from 0 to 3, found 4',
    );
  });
});
