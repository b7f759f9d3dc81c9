import { type ErrorCode, sha256 } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { imageAt, numberedImages, seeds } from '../../test/image-sets';
import type { AugmentationOptions } from '../augmentation/random-augmentation';
import type { Json } from './batch-source';
import type { ImageBatchSource } from './image-batch';
import { type TrainingBatchesOptions, trainingBatches } from './training-batches';

const set = numberedImages(23);

/** A batch read back: one row per image. */
interface Rows {
  readonly images: number[][];
  readonly labels: number[];
}

async function read(source: ImageBatchSource): Promise<Rows> {
  const batch = source.next();
  const [size, height, width, channels] = batch.images.shape;
  // A product, so that the backend itself computes with them.
  const product = tf.mul(batch.images, 1);
  const values = [...(await product.data())];
  product.dispose();
  const pixels = height * width * channels;
  const labels = [...(await batch.labels.data())];
  expect(batch.count).toBe(size);
  batch.dispose();
  return { images: labels.map((_, row) => values.slice(row * pixels, (row + 1) * pixels)), labels };
}

async function readMany(source: ImageBatchSource, batches: number): Promise<Rows[]> {
  const all: Rows[] = [];
  for (let i = 0; i < batches; i++) all.push(await read(source));
  return all;
}

const source = (options: Partial<TrainingBatchesOptions> = {}) =>
  trainingBatches(set, { batchSize: 5, seed: 1, ...options });

/** Few runs: on WebGL each reads tensors back from the GPU. */
const runs = { numRuns: 15 };

describe('trainingBatches', () => {
  test('gives each image at most once an epoch, with its label, and drops only the remainder', async () => {
    const index = new Map(Array.from(set.labels, (_, i) => [imageAt(set, i).join(), i]));
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 1, max: 23 }), async (seed, batchSize) => {
        const batches = source({ seed, batchSize });
        expect(batches.batchesPerEpoch).toBe(Math.floor(23 / batchSize));
        const orders: number[][] = [];
        for (let epoch = 0; epoch < 2; epoch++) {
          const rows = await readMany(batches, batches.batchesPerEpoch);
          const seen = rows.flatMap(({ images }) => images.map(image => index.get(image.join())!));
          expect(new Set(seen).size).toBe(batches.batchesPerEpoch * batchSize);
          expect(rows.flatMap(({ labels }) => labels)).toEqual(seen.map(i => set.labels[i]));
          orders.push(seen);
        }
        // Eleven images come in the same order twice once in 40 million.
        if (orders[0]!.length > 10) expect(orders[0]).not.toEqual(orders[1]);
      }),
      runs,
    );
  });

  test('shifts each image by itself', async () => {
    const { images, labels } = await read(source({ batchSize: 23, shift: 1 }));
    const offsets = images.map((image, row) => offsetOf(image, labels[row]!));
    expect(offsets).not.toContain(undefined);
    expect(new Set(offsets).size).toBeGreaterThan(4);
  });

  test('puts whole images anywhere on a canvas, at every place equally often', async () => {
    // 4 x 3 pixels on 8 x 8 leave 2 rows above and below, 2 columns to the left and 3 to the right.
    const batches = source({ batchSize: 23, size: 8, shift: 2 });
    const images = (await readMany(batches, 100)).flatMap(rows => rows.images);
    expect(images.every(image => image.filter(value => value > 0).length === 12)).toBe(true);
    const times = new Map<number, number>();
    for (const image of images) {
      const corner = image.findIndex(value => value > 0);
      times.set(corner, (times.get(corner) ?? 0) + 1);
    }
    // 5 x 5 places. Binomial, 2300 x 1/25: mean 92, standard deviation 9.4.
    expect(times.size).toBe(25);
    for (const count of times.values()) expect(Math.abs(count - 92)).toBeLessThan(5 * 9.4);
  });

  test('depends on the seed alone', async () => {
    expect(await readMany(source({ seed: 7, shift: 2 }), 9)).toEqual(
      await readMany(source({ seed: 7, shift: 2 }), 9),
    );
    expect(await readMany(source({ seed: 7, shift: 2 }), 9)).not.toEqual(
      await readMany(source({ seed: 8, shift: 2 }), 9),
    );
  });

  test('gives the batches that it has always given when images are only shifted', async () => {
    const batches = trainingBatches(numberedImages(23, [6, 5]), { batchSize: 5, seed: 1, shift: 2 });
    const bytes: number[] = [];
    for (let i = 0; i < 6; i++) {
      const { images, labels, dispose } = batches.next();
      // Bytes again, since these come back exactly from every backend.
      bytes.push(...(await images.data()).map(value => Math.round(value * 255)), ...(await labels.data()));
      dispose();
    }
    expect(await sha256(Uint8Array.from(bytes))).toBe(
      '2ec95c050b2acfcde55224605482d13136fdfd78298b3ea612fbdaf7532f1ceb',
    );
  });

  test.each<[string, AugmentationOptions]>([
    ['not changed', {}],
    ['shifted', { shift: 2 }],
    ['shifted and erased', { shift: 1, erase: 2, eraseProbability: 0.5 }],
    [
      'changed in every way',
      { shift: 2, rotation: 20, rotationProbability: 0.5, scale: 0.1, squeeze: 0.25, shear: 0.1, erase: 1 },
    ],
  ])('goes on from a saved state exactly as if never interrupted, %s', async (_, augmentations) => {
    await fc.assert(
      fc.asyncProperty(
        seeds,
        seeds,
        fc.nat({ max: 13 }),
        fc.nat({ max: 6 }),
        async (seed, other, before, spent) => {
          const uninterrupted = source({ seed, ...augmentations });
          await readMany(uninterrupted, before);
          const saved: Json = JSON.parse(JSON.stringify(uninterrupted.state()));
          const resumed = source({ seed: other, ...augmentations });
          await readMany(resumed, spent);
          resumed.restore(saved);
          expect(resumed.state()).toEqual(saved);
          expect(await readMany(resumed, 6)).toEqual(await readMany(uninterrupted, 6));
        },
      ),
      runs,
    );
  });

  test('saves a state that does not grow with the images', () => {
    const large = trainingBatches(numberedImages(5000, [1, 1]), { batchSize: 5, seed: 1 });
    large.next().dispose();
    expect(JSON.stringify(large.state()).length).toBeLessThan(250);
  });

  test.each<[string, Json, ErrorCode, string]>([
    ['nothing', null, 'other-run', 'expected "images" to be 23, as in this source, found undefined'],
    [
      'another batch size',
      { batchSize: 4 },
      'other-run',
      'expected "batchSize" to be 5, as in this source, found 4',
    ],
    [
      'a position too far',
      { position: 5 },
      'invalid-data',
      'expected "position" to be an integer from 0 to 4, found 5',
    ],
    [
      'half a position',
      { position: 0.5 },
      'invalid-data',
      'expected "position" to be an integer from 0 to 4, found 0.5',
    ],
    [
      'half a generator',
      { random: [1, 2] },
      'invalid-data',
      'expected "random" to be four 32-bit integers, found [1,2]',
    ],
    [
      'a large number',
      { beforeShuffle: [1, 2, 3, 2 ** 31] },
      'invalid-data',
      'expected "beforeShuffle" to be four 32-bit integers',
    ],
  ])('refuses a state with %s and goes on as before', async (_, wrong, code, message) => {
    const batches = source();
    await read(batches);
    const before = batches.state();
    const state = wrong && { ...(before as object), ...(wrong as object) };
    expect(() => batches.restore(state)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
    expect(batches.state()).toEqual(before);
  });

  test('leaves no tensors behind', () => {
    const batches = source();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 10; i++) batches.next().dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each<[Partial<TrainingBatchesOptions>, string]>([
    [{ batchSize: 24 }, 'expected a batch size of at most 23, the number of images, found 24'],
    [{ batchSize: 1.5 }, 'expected a batch size of at least 1, found 1.5'],
    [{ shift: 3 }, 'expected a shift from 0 to less than the 4x3 pixels of an image, found 3'],
    [{ shift: -1 }, 'found -1'],
    [{ seed: -1 }, 'expected a seed'],
    [{ rotation: -1 }, 'expected "rotation" to be from 0 to 180, found -1'],
  ])('refuses %o', (options, message) => {
    expect(() => source(options)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(message) }),
    );
  });
});

/** By how much an image with this label was shifted, found by comparison with all candidates; at most 1 pixel. */
function offsetOf(image: readonly number[], label: number): string | undefined {
  const candidates = Array.from(set.labels.keys()).filter(i => set.labels[i] === label);
  for (const down of [-1, 0, 1]) {
    for (const right of [-1, 0, 1]) {
      for (const candidate of candidates) {
        const original = imageAt(set, candidate);
        const moved = original.map((_, i) => {
          const [y, x] = [Math.floor(i / 3) - down, (i % 3) - right];
          return y >= 0 && y < 4 && x >= 0 && x < 3 ? original[y * 3 + x]! : 0;
        });
        if (moved.join() === image.join()) return `${down},${right}`;
      }
    }
  }
  return undefined;
}
