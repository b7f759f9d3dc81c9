import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync } from 'node:fs';
import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capsNet, decodeCapsNet, encodeNetwork } from '@capsnet/core';
import { expect, it } from 'vitest';
import { readModel, writeModel } from './model-file';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-model-'));
const file = join(folder, 'model.safetensors');
const small = (seed: number) =>
  capsNet({
    image: { height: 8, width: 8 },
    convolutions: [],
    primary: { channels: 1, dim: 2, kernelSize: 3, strides: 3 },
    classes: 2,
    classDim: 2,
    decoder: null,
    seed,
  });

it('is read as it was written', async () => {
  const net = small(3);
  await writeModel(file, net);
  const { net: again, pictures } = await readModel(file);
  expect(pictures).toEqual({ fit: 'contain' });
  expect(again.config).toEqual(net.config);
  for (const [name, variable] of Object.entries(net.variables)) {
    expect(await again.variables[name]!.array()).toEqual(await variable.array());
  }
});

it('keeps the names of the classes, how pictures were fitted, and whether they were digits', async () => {
  await writeModel(file, small(3), { classes: ['owl', 'été'], fit: 'cover' });
  expect((await readModel(file)).pictures).toEqual({ classes: ['owl', 'été'], fit: 'cover' });
  await writeModel(file, small(3), { fit: 'contain', areMnistDigits: true });
  expect((await readModel(file)).pictures).toEqual({ fit: 'contain', areMnistDigits: true });
  // Whatever else reads the file passes them over.
  expect(decodeCapsNet(await readFile(file)).config.classes).toBe(2);
});

it.each([
  [{ classes: '["owl"]' }, 'expected 2 names of classes in the metadata, found others'],
  [{ classes: '["owl", 3]' }, 'expected 2 names of classes in the metadata, found others'],
  [{ classes: 'owl' }, 'not valid JSON'],
  [{ fit: 'fill' }, 'expected "fit" in the metadata to be contain or cover, found fill'],
])('with %j in its metadata is refused', async (metadata, message) => {
  await writeFile(file, await encodeNetwork(small(3), metadata));
  await expect(readModel(file)).rejects.toThrow(message);
});

// Windows replaces no file that somebody has open.
it.skipIf(process.platform === 'win32')(
  'is replaced as a whole: who has the one before open reads that to its end',
  async () => {
    await writeModel(file, small(3));
    const reader = await open(file);
    await writeModel(file, small(4));
    expect(decodeCapsNet(await reader.readFile()).config.seed).toBe(3);
    await reader.close();
    expect((await readModel(file)).net.config.seed).toBe(4);
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  },
);
