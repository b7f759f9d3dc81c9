import { CapsnetError, sha256 } from '@capsnet/checks';
import { type BatchSource, DataError, type ImageSet, type Json, type Subset } from '@capsnet/data';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { imageAt, numberedImages, seeds } from '../../data/test/image-sets';
import {
  type MultiMnistBatch,
  type MultiMnistBatchesOptions,
  type MultiMnistEvaluationBatchesOptions,
  multiMnistBatches,
  multiMnistEvaluationBatches,
} from './multi-mnist-batches';

const numbered = numberedImages(23);
/** Bright, so that two pixels come to more than 1, and without zeros, so that a digit ends where they begin. */
const set: ImageSet = { ...numbered, data: numbered.data.map(byte => byte + 100) };

/** Pairs read back, one after the other. */
interface Pair {
  readonly image: number[];
  readonly digits: [number[], number[]];
  readonly labels: [number, number];
}

async function read(source: BatchSource<MultiMnistBatch>): Promise<Pair[]> {
  const { images, digits, labels, count, dispose } = source.next();
  const pixels = images.size / images.shape[0];
  const [both, first, second] = await Promise.all(
    [images, ...digits].map(tensor => tensor.data<'float32'>()),
  );
  const classes = await labels.data();
  dispose();
  const row = (values: Float32Array, i: number) => [...values.subarray(i * pixels, (i + 1) * pixels)];
  return Array.from({ length: count }, (_, i) => ({
    image: row(both!, i),
    digits: [row(first!, i), row(second!, i)],
    labels: [classes[2 * i]!, classes[2 * i + 1]!],
  }));
}

async function readMany(source: BatchSource<MultiMnistBatch>, batches: number): Promise<Pair[]> {
  const all: Pair[] = [];
  for (let i = 0; i < batches; i++) all.push(...(await read(source)));
  return all;
}

const training = (options: Partial<MultiMnistBatchesOptions> = {}, images: ImageSet | Subset = set) =>
  multiMnistBatches(images, { batchSize: 5, seed: 1, shift: 1, size: 6, ...options });
const evaluation = (options: Partial<MultiMnistEvaluationBatchesOptions> = {}) =>
  multiMnistEvaluationBatches(set, { batchSize: 5, seed: 1, shift: 1, size: 6, ...options });

/** Few runs: on WebGL each reads tensors back from the GPU. */
const runs = { numRuns: 10 };

describe.each([
  ['multiMnistBatches', training],
  ['multiMnistEvaluationBatches', evaluation],
])('%s', (_, source) => {
  test('lays two digits of different classes over each other', async () => {
    const pairs = await readMany(source(), 10);
    for (const { image, digits, labels } of pairs) {
      expect(image).toBeAllClose(digits[0].map((value, i) => Math.min(1, value + digits[1][i]!)));
      expect(labels[0]).not.toBe(labels[1]);
      digits.forEach((digit, which) => {
        expect(set.labels[originOf(digit).index]).toBe(labels[which]);
      });
    }
    expect(pairs.some(({ image }) => image.includes(1))).toBe(true);
  });

  test('gives tensors of the shapes and types that it says', () => {
    const rgb = numberedImages(23, [4, 3, 3]);
    const batch = source({ batchSize: 4 }).next();
    expect(batch.images.shape).toEqual([4, 6, 6, 1]);
    expect(batch.digits.map(({ shape }) => shape)).toEqual([batch.images.shape, batch.images.shape]);
    expect([batch.labels.shape, batch.labels.dtype]).toEqual([[4, 2], 'int32']);
    batch.dispose();
    const byDefault = multiMnistBatches(rgb, { batchSize: 2, seed: 1 }).next();
    expect(byDefault.images.shape).toEqual([2, 36, 36, 3]);
    byDefault.dispose();
  });

  test('depends on the seed alone', async () => {
    expect(await readMany(source({ seed: 7 }), 9)).toEqual(await readMany(source({ seed: 7 }), 9));
    expect(await readMany(source({ seed: 7 }), 9)).not.toEqual(await readMany(source({ seed: 8 }), 9));
  });

  test('goes on from a saved state exactly as if never interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.nat({ max: 13 }), fc.nat({ max: 6 }), async (seed, before, spent) => {
        const uninterrupted = source({ seed });
        await readMany(uninterrupted, before);
        const saved: Json = JSON.parse(JSON.stringify(uninterrupted.state()));
        const resumed = source({ seed });
        await readMany(resumed, spent);
        resumed.restore(saved);
        expect(resumed.state()).toEqual(saved);
        expect(await readMany(resumed, 6)).toEqual(await readMany(uninterrupted, 6));
      }),
      runs,
    );
  });

  test('refuses the state of another source and goes on as before', () => {
    const batches = source();
    batches.next().dispose();
    const before = batches.state();
    for (const wrong of [{ images: 22 }, { batchSize: 4 }, { position: 6 }, { random: [1, 2] }]) {
      expect(() => batches.restore({ ...(before as object), ...wrong })).toThrow(CapsnetError);
      expect(batches.state()).toEqual(before);
    }
  });

  test('leaves no tensors behind', () => {
    const batches = source();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 10; i++) batches.next().dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each<[Partial<MultiMnistBatchesOptions>, string]>([
    [{ batchSize: 0 }, 'expected a batch size of at least 1, found 0'],
    [{ shift: 6 }, 'expected a shift from 0 to less than the 6x6 pixels of an image, found 6'],
    [{ size: 3 }, 'expected a size of at least the 4x3 pixels of an image, found 3'],
    [{ size: 6.5 }, 'found 6.5'],
    [{ seed: -1 }, 'expected a seed'],
  ])('refuses %o', (options, message) => {
    expect(() => source(options)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(message) }),
    );
  });
});

describe('multiMnistBatches', () => {
  test('gives each image at most once an epoch as the first digit, in another order each time', async () => {
    const source = training({ batchSize: 4 });
    const orders: number[][] = [];
    for (let epoch = 0; epoch < 2; epoch++) {
      const pairs = await readMany(source, source.batchesPerEpoch);
      orders.push(pairs.map(({ digits }) => originOf(digits[0]).index));
      expect(new Set(orders[epoch]).size).toBe(20);
    }
    expect(orders[0]).not.toEqual(orders[1]);
  });

  test('draws the second digit from every image of another class, and only from the subset', async () => {
    const indices = Uint32Array.of(0, 10, 20, 1, 11, 2);
    const source = training({ batchSize: 6, shift: 0 }, { set, indices });
    const times = new Map<string, number>();
    for (const { digits } of await readMany(source, 1000)) {
      const pair = digits.map(digit => originOf(digit).index).join();
      times.set(pair, (times.get(pair) ?? 0) + 1);
    }
    const classOf = (index: number) => index % 10;
    for (const first of indices) {
      const others = [...indices].filter(index => classOf(index) !== classOf(first));
      for (const second of others) {
        // Binomial, 1000 x 1/others.
        const [mean, variance] = [1000 / others.length, (1000 / others.length) * (1 - 1 / others.length)];
        const found = times.get(`${first},${second}`)!;
        expect(Math.abs(found - mean)).toBeLessThan(5 * Math.sqrt(variance));
        times.delete(`${first},${second}`);
      }
    }
    expect([...times.keys()]).toEqual([]);
  });

  test('shifts each digit by itself, by every offset equally often', async () => {
    const source = training({ batchSize: 23, size: 8, shift: 2 });
    const times = new Map<string, number>();
    const pairs = await readMany(source, 400);
    for (const { digits } of pairs) {
      const offsets = digits.map(digit => originOf(digit, 8).offset).join(' ');
      times.set(offsets, (times.get(offsets) ?? 0) + 1);
    }
    // Two digits, each with 5 x 5 offsets. Binomial, 9200 x 1/625: mean 14.7, standard deviation 3.8.
    expect(times.size).toBe(625);
    for (const count of times.values()) expect(Math.abs(count - 14.72)).toBeLessThan(5 * 3.81);
  });

  test('shifts by up to 4 pixels on 36x36 unless told otherwise', async () => {
    const options = { batchSize: 2, seed: 1 };
    const [paper, byDefault] = [
      multiMnistBatches(set, { ...options, shift: 4, size: 36 }),
      multiMnistBatches(set, options),
    ];
    expect(await readMany(byDefault, 3)).toEqual(await readMany(paper, 3));
  });

  test('refuses images of a single class', () => {
    const alike = () => training({ batchSize: 2 }, { set, indices: Uint32Array.of(3, 13) });
    expect(alike).toThrow(DataError);
    expect(alike).toThrow('expected images of at least two classes, found only the class 3');
  });
});

describe('multiMnistEvaluationBatches', () => {
  test('gives the same pairs in each epoch, the images taking turns as the first digit', async () => {
    const source = evaluation({ pairs: 50 });
    const epochs = [
      await readMany(source, source.batchesPerEpoch),
      await readMany(source, source.batchesPerEpoch),
    ];
    expect(epochs[0]).toHaveLength(50);
    expect(epochs[0]).toEqual(epochs[1]);
    const firsts = epochs[0]!.map(({ digits }) => originOf(digits[0]).index);
    expect(firsts).toEqual(firsts.map((_, i) => i % 23));
    expect(new Set(epochs[0]!.map(({ image }) => image.join())).size).toBeGreaterThan(40);
  });

  test('has a pair for each image unless told otherwise, and pads the last batch with black images of two classes', async () => {
    const source = evaluation({ batchSize: 10 });
    expect(source.batchesPerEpoch).toBe(3);
    source.next().dispose();
    source.next().dispose();
    const last = source.next();
    expect(last.count).toBe(3);
    expect(last.images.shape).toEqual([10, 6, 6, 1]);
    for (const tensor of [last.images, ...last.digits]) {
      const values = await tensor.data();
      expect(values.subarray((values.length / 10) * 3).every(value => value === 0)).toBe(true);
    }
    for (const [first, second] of (await last.labels.array()).slice(3))
      expect([first, second]).toEqual([0, 1]);
    last.dispose();
  });

  test('gives the pairs that it has always given, in batches of any size', async () => {
    for (const batchSize of [7, 50]) {
      const source = evaluation({ pairs: 50, batchSize });
      const pairs = await readMany(source, source.batchesPerEpoch);
      const bytes = pairs.flatMap(({ image, labels }) => [
        ...image.map(value => Math.round(value * 255)),
        ...labels,
      ]);
      expect(await sha256(Uint8Array.from(bytes))).toBe(
        'd6469f7da345c793011967df64d3cd49320a8c1814b24a88bc5ebba8d7d693ee',
      );
    }
  });

  test('refuses another number of pairs', () => {
    expect(() => evaluation({ pairs: 0 })).toThrow('expected an epoch of at least 1 row, found 0');
    expect(() => evaluation({ pairs: 10 }).restore(evaluation({ pairs: 20 }).state())).toThrow(
      'expected "rows" to be 10, as in this source, found 20',
    );
  });
});

/** Positions in the set, by pixels. */
const positions = new Map(Array.from(set.labels, (_, i) => [imageAt(set, i).join(), i]));

/** Which image of the set a digit is, and by how much it was moved out of the middle. */
function originOf(digit: readonly number[], size = 6): { index: number; offset: string } {
  const corner = digit.findIndex(value => value > 0);
  const pixels = [0, 1, 2, 3].flatMap(row => digit.slice(corner + row * size, corner + row * size + 3));
  const [down, right] = [
    Math.floor(corner / size) - (size - 4) / 2,
    (corner % size) - Math.floor((size - 3) / 2),
  ];
  return { index: positions.get(pixels.join())!, offset: `${down},${right}` };
}
