import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { capsNet } from '@capsnet/core';
import { afterAll, expect, test } from 'vitest';
import { cardOf } from '../test/card-of';
import { smallNetworks } from '../test/small-networks';
import { type LoadProgress, loadModel, type ModelFiles } from './load-model';
import { encodeQuantised, type QuantisedFiles } from './quantised';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-pretrained-'));
afterAll(() => rmSync(folder, { recursive: true }));

const network = capsNet(smallNetworks[0]!.config);
const files = await encodeQuantised(network);
const card = await cardOf(files);
network.dispose();

function written({ weights, decoder }: QuantisedFiles) {
  const write = (name: string, bytes: Uint8Array) => {
    writeFileSync(join(folder, name), bytes);
    return pathToFileURL(join(folder, name));
  };
  return { weights: write('weights', weights), decoder: write('decoder', decoder!) };
}

test('reads a network from its files, and tells how far it is', async () => {
  const told: LoadProgress[] = [];
  const loaded = await loadModel(card, () => written(files), { onProgress: progress => told.push(progress) });
  expect(loaded.config).toEqual(network.config);
  const total = files.weights.length + files.decoder!.length;
  expect(told).toHaveLength(2);
  expect(told.at(-1)).toEqual({ loaded: total, total });
  loaded.dispose();
});

test('does not read the decoder that nobody asked for', async () => {
  const urls = { ...written(files), decoder: pathToFileURL(join(folder, 'absent')) };
  const told: LoadProgress[] = [];
  const loaded = await loadModel(card, () => urls, {
    decoder: false,
    onProgress: progress => told.push(progress),
  });
  expect(loaded.config).toEqual({ ...network.config, decoder: null });
  expect(told).toEqual([{ loaded: files.weights.length, total: files.weights.length }]);
  loaded.dispose();
  await expect(loadModel(card, () => urls, {})).rejects.toThrow(
    /absent: ENOENT.*; if it was left out of a bundle, say in files/,
  );
});

test('takes the files from a folder, from addresses, or as bytes', async () => {
  const { weights, decoder } = written(files);
  const absent = pathToFileURL(join(folder, 'absent'));
  const elsewhere = { weights: absent, decoder: absent };
  mkdirSync(join(folder, 'served'));
  copyFileSync(weights, join(folder, 'served/weights.safetensors'));
  copyFileSync(decoder, join(folder, 'served/decoder.safetensors'));
  const served = pathToFileURL(join(folder, 'served'));
  const anotherRealm = runInNewContext('Uint8Array').from(files.decoder!) as Uint8Array;
  const given: ModelFiles[] = [
    served,
    `${served}/`,
    { weights: weights.href, decoder },
    { weights: files.weights.buffer, decoder: anotherRealm },
    { weights: Buffer.from(files.weights), decoder },
    // What bundlers for servers make of an address.
    { weights: { href: weights.href, toString: () => weights.href } as URL, decoder },
  ];
  for (const from of given) {
    const told: LoadProgress[] = [];
    const options = { files: from, onProgress: (progress: LoadProgress) => told.push(progress) };
    const loaded = await loadModel(card, () => elsewhere, options);
    expect(loaded.config).toEqual(network.config);
    expect(told.at(-1)).toMatchObject({ loaded: files.weights.length + files.decoder!.length });
    loaded.dispose();
  }
  const withoutDecoder = { files: { weights }, decoder: false };
  (await loadModel(card, () => elsewhere, withoutDecoder)).dispose();
});

test('asks for its own files only when nobody says where others are', async () => {
  // What import.meta.url is in a bundle of CommonJS
  const nowhere = () => ({ weights: new URL('../models/weights.safetensors', undefined) });
  await expect(loadModel(card, nowhere, {})).rejects.toThrow(
    'expected import.meta.url to say where the package is, found nothing',
  );
  (await loadModel(card, nowhere, { files: written(files) })).dispose();
});

test('refuses files that are missing, or bytes that are others', async () => {
  const { weights } = written(files);
  await expect(loadModel(card, () => weights, { files: { weights } })).rejects.toThrow(
    'files.decoder: expected an address or bytes, found none; to load without it, decoder: false',
  );
  await expect(
    loadModel(card, () => weights, { files: { weights: new Uint8Array(3) }, decoder: false }),
  ).rejects.toThrow(`files.weights: expected ${files.weights.length} bytes, found 3`);
  await expect(loadModel(card, () => weights, { files: 'models' })).rejects.toThrow(
    'models/weights.safetensors: expected an absolute address, such as pathToFileURL gives',
  );
});

test('refuses a file of another digest or size', async () => {
  const at = files.weights.length - 1;
  const changed = { ...files, weights: files.weights.with(at, files.weights[at]! ^ 1) };
  await expect(loadModel(card, () => written(changed), {})).rejects.toThrow(
    /weights: expected the SHA-256 \w{64}, found \w{64}: not the published file/,
  );
  const cut = { ...files, decoder: files.decoder!.slice(0, -1) };
  const { length } = files.decoder!;
  await expect(loadModel(card, () => written(cut), {})).rejects.toThrow(
    `decoder: expected ${length} bytes, found ${length - 1}`,
  );
});

test('stops when the signal says so', async () => {
  const reason = new Error('enough');
  await expect(loadModel(card, () => written(files), { signal: AbortSignal.abort(reason) })).rejects.toBe(
    reason,
  );
  const controller = new AbortController();
  const onProgress = () => controller.abort(reason);
  await expect(loadModel(card, () => written(files), { onProgress, signal: controller.signal })).rejects.toBe(
    reason,
  );
});
