import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pickBackend } from '@capsnet/backend';
import { capsNet, encodeNetwork } from '@capsnet/core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { evaluate } from '../../../apps/train/src/commands/models/evaluate';
import { readRunConfig, runFolder } from '../../../apps/train/src/runs/run-folder';
import { imagesOf } from './images';
import { lengthsOf, predict } from './predictions';

const runs = mkdtempSync(join(tmpdir(), 'capsnet-images-'));
beforeAll(() => pickBackend({ only: 'wasm' }));
afterAll(() => rmSync(runs, { recursive: true }));

it.each([
  ['plain', 28, {}],
  ['on a canvas', 40, { size: 40 }],
  ['affine', 40, { test: 'affine' }],
  ['affine, on a larger canvas', 44, { test: 'affine', size: 44 }],
  ['in pairs', 36, { digits: 2, shift: 4 }],
])('test images %s are measured as capsnet evaluate does', async (name, side, data) => {
  const network = capsNet({
    image: { height: side, width: side },
    convolutions: [{ filters: 4, kernelSize: 9, strides: 2 }],
    primary: { channels: 2 },
    decoder: null,
    seed: 1,
  });
  const run = runFolder(runs, name.replaceAll(/\W+/g, '-'));
  mkdirSync(run.path);
  writeFileSync(run.model, await encodeNetwork(network));
  writeFileSync(run.config, JSON.stringify({ data: { limit: 150, ...data } }));

  const images = await imagesOf(await readRunConfig(run));
  const { error, loss, lengths } = await predict(network, images.test);
  expect({ images: lengths.length, error, loss }).toEqual(await evaluated(run.name));
  const golden = await lengthsOf(network, images.golden);
  // Few different digits make the pairs.
  if (name !== 'in pairs') expect(golden).toEqual(lengths);
  else expect(golden).toHaveLength(300);
  network.dispose();
});

async function evaluated(run: string) {
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  const options = ['--runs', runs, '--run', run, '--backend', 'wasm', '--json'];
  await evaluate.parseAsync(options, { from: 'user' });
  const { images, error, loss } = JSON.parse(print.mock.calls[0]![0]);
  print.mockRestore();
  return { images, error, loss };
}
