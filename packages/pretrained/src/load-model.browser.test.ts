import { capsNet } from '@capsnet/core';
import { expect, test, vi } from 'vitest';
import { cardOf } from '../test/card-of';
import { smallNetworks } from '../test/small-networks';
import { load } from './efficient-capsnet-mnist';
import { type LoadProgress, loadModel } from './load-model';
import { encodeQuantised } from './quantised';

const network = capsNet(smallNetworks[0]!.config);
const files = await encodeQuantised(network);
const card = await cardOf(files);
network.dispose();

const url = (bytes: Uint8Array<ArrayBuffer>) => new URL(URL.createObjectURL(new Blob([bytes])));
const urls = () => ({ weights: url(files.weights), decoder: url(files.decoder!) });

/** The files that were asked for while `action` ran. The browser's own list of them may be late. */
async function fetched(action: () => Promise<unknown>): Promise<string[]> {
  const asking = vi.spyOn(globalThis, 'fetch'); // which fetches all the same
  await action();
  const files = asking.mock.calls.map(([url]) => String(url)).sort();
  asking.mockRestore();
  return files;
}

test('fetches the files of a network beside its module, and the decoder only when asked', async () => {
  const at = (name: string) => new URL(`../models/efficient-capsnet-mnist/${name}`, import.meta.url).href;
  const withDecoder = async () => (await load()).dispose();
  const without = async () => (await load({ decoder: false })).dispose();
  expect(await fetched(without)).toEqual([at('weights.safetensors')]);
  expect(await fetched(withDecoder)).toEqual([at('decoder.safetensors'), at('weights.safetensors')]);
});

test('tells how far it is, up to all bytes', async () => {
  const told: LoadProgress[] = [];
  const loaded = await loadModel(card, () => urls(), { onProgress: progress => told.push(progress) });
  expect(loaded.config).toEqual(network.config);
  const total = files.weights.length + files.decoder!.length;
  expect(told.every(progress => progress.total === total)).toBe(true);
  expect(told.map(({ loaded }) => loaded)).toEqual(told.map(({ loaded }) => loaded).sort((a, b) => a - b));
  expect(told.at(-1)).toEqual({ loaded: total, total });
  loaded.dispose();
});

test('refuses what is not the published file', async () => {
  const at = files.weights.length - 1;
  const changed = url(files.weights.with(at, files.weights[at]! ^ 1));
  const load = (weights: URL) => loadModel(card, () => ({ ...urls(), weights }), {});
  await expect(load(changed)).rejects.toThrow(
    /expected the SHA-256 \w{64}, found \w{64}: not the published file/,
  );
  const { length } = files.weights;
  await expect(load(url(files.weights.slice(0, -1)))).rejects.toThrow(
    `expected ${length} bytes, found ${length - 1}`,
  );
  await expect(load(url(new Uint8Array([...files.weights, 0])))).rejects.toThrow(
    `expected ${length} bytes, found more`,
  );
  // Vite answers what it does not know with its page.
  await expect(load(new URL('/absent', location.href))).rejects.toThrow(/absent: expected/);
});

test('stops when the signal says so', async () => {
  const reason = new Error('enough');
  await expect(loadModel(card, () => urls(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const controller = new AbortController();
  const options = { signal: controller.signal, onProgress: () => controller.abort(reason) };
  await expect(loadModel(card, () => urls(), options)).rejects.toBe(reason);
});
