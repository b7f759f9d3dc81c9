import * as tf from '@tensorflow/tfjs-core';
import { deleteDB, openDB } from 'idb';
import { afterEach, describe, expect, test } from 'vitest';
import { contentsOf, disposeOf, someCheckpoint } from '../../test/checkpoints';
import { fixedPoints, network, random, trainingPoints } from '../../test/network';
import { indexedDbStore } from '../browser';
import { constant, DamagedCheckpoint, train } from '../index';

const database = 'checkpoints of a test';
afterEach(() => deleteDB(database));

async function writeSome(store = indexedDbStore(database), step = 3, isBest = false, seed = 1) {
  const checkpoint = someCheckpoint({ seed });
  const name = await store.write(checkpoint, { step, isBest });
  disposeOf(checkpoint);
  return name;
}

async function namesIn(store = indexedDbStore(database)) {
  return (await store.list()).map(({ name }) => name);
}

/** Changes the bytes of one file in the database. */
async function change(name: string, file: string, to: (bytes: Uint8Array) => Uint8Array | undefined) {
  const opened = await openDB(database, 1);
  const files: Map<string, Uint8Array> = await opened.get('checkpoints', name);
  const changed = to(files.get(file)!);
  if (changed) files.set(file, changed);
  else files.delete(file);
  await opened.put('checkpoints', files, name);
  opened.close();
}

test.each([true, false])('gives back what was written, byte for byte (average: %s)', async average => {
  const written = someCheckpoint({ average });
  const before = tf.memory().numTensors;
  const name = await indexedDbStore(database).write(written, { step: 469, isBest: true });
  expect(name).toBe('best-00000469');
  // Another one, as after the page was loaded anew.
  const store = indexedDbStore(database);
  expect(await store.list()).toEqual([{ name, step: 469, isBest: true }]);
  const found = await store.read(name);
  expect(await contentsOf(found)).toEqual(await contentsOf(written));
  disposeOf(found);
  expect(tf.memory().numTensors).toBe(before);
  disposeOf(written);
});

test('keeps the last few and the last of the best, and replaces one of the same step', async () => {
  const store = indexedDbStore(database, { keep: 2 });
  for (const [step, isBest] of [[1], [2], [3, true], [4], [5], [6, true]] as [number, boolean?][]) {
    await writeSome(store, step, isBest ?? false);
  }
  expect(await namesIn(store)).toEqual(['step-00000004', 'step-00000005', 'best-00000006']);
  await writeSome(store, 5, false, 2);
  expect(await namesIn(store)).toEqual(['step-00000004', 'step-00000005', 'best-00000006']);
  const [found, written] = [await store.read('step-00000005'), someCheckpoint({ seed: 2 })];
  expect(await contentsOf(found)).toEqual(await contentsOf(written));
  disposeOf(found);
  disposeOf(written);
});

describe('damage is named', () => {
  const files = [
    'weights.safetensors',
    'optimizer.safetensors',
    'average.safetensors',
    'state.json',
    'checkpoint.json',
  ];
  test.each(files)('in %s', async file => {
    const name = await writeSome();
    const numbers = random(file.length);
    let whole = new Uint8Array();
    const found = async (to: (bytes: Uint8Array) => Uint8Array | undefined) => {
      await change(name, file, bytes => to(bytes.slice()));
      const error = await indexedDbStore(database)
        .read(name)
        .catch((error: unknown) => error);
      await change(name, file, () => whole);
      expect(error).toBeInstanceOf(DamagedCheckpoint);
      return (error as Error).message;
    };
    await change(name, file, bytes => (whole = bytes.slice()));
    const before = tf.memory().numTensors;
    for (let i = 0; i < 10; i++) {
      const place = Math.floor(numbers.next() * whole.length);
      const flipped = await found(bytes => bytes.with(place, bytes[place]! ^ (1 << (i % 8))));
      const truncated = await found(bytes => bytes.subarray(0, place));
      // A damaged list may accuse a file that is as it was.
      if (file !== 'checkpoint.json') {
        expect(flipped).toContain(`checkpoint ${name}: ${file}: expected sha256 `);
        expect(truncated).toBe(`checkpoint ${name}: ${file}: expected ${whole.length} bytes, found ${place}`);
      }
    }
    expect(await found(() => undefined)).toBe(`checkpoint ${name}: ${file}: expected a file, found none`);
    expect(tf.memory().numTensors).toBe(before);
    disposeOf(await indexedDbStore(database).read(name));
  });
});

test('a run goes on from it as if it had never stopped', async () => {
  const schedule = constant(1e-3);
  const options = () => ({ epochs: 2, schedule, validation: { source: fixedPoints().source, perEpoch: 2 } });
  const weightsAfter = async (...runs: object[]) => {
    const model = network();
    for (const run of runs) {
      for await (const { type } of train(model, trainingPoints(), { ...options(), ...run })) {
        if (type === 'done') break;
      }
    }
    const contents = await contentsOf({
      weights: { ...model.variables },
      optimizer: {},
      average: null,
      state: {},
    });
    model.dispose();
    return contents;
  };
  const store = indexedDbStore(database);
  const interrupted = await weightsAfter({ store, epochs: 1 }, { store, resume: true });
  expect((await store.list()).at(-1)!.step).toBe(12);
  expect(interrupted).toEqual(await weightsAfter({}));
});

test('says what is not there, and what makes no sense', async () => {
  const store = indexedDbStore(database);
  expect(await store.list()).toEqual([]);
  await expect(store.read('step-00000001')).rejects.toThrow(
    `no checkpoint step-00000001 in the database ${database}`,
  );
  await expect(store.read('anything')).rejects.toThrow('no checkpoint anything');
  expect(() => indexedDbStore(database, { keep: 0 })).toThrow(
    'expected keep to be a positive integer, found 0',
  );
  await expect(writeSome(store, -1)).rejects.toThrow('expected a step of 0 or more, found -1');
});
