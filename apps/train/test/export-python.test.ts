import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pickBackend } from '@capsnet/backend';
import { pythonWith } from '@capsnet/testing/python';
import type * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { npzOf } from '../src/export/npz';
import { onnxOf } from '../src/export/onnx/onnx';
import { expectedOutputs, exportedNetworks, imagesFor, shakenNetwork } from './exported-networks';
import { onnxRequirements } from './onnx-requirements';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-export-python-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => pickBackend({ only: 'wasm' }));

/** An archive for NumPy, of tensors. */
async function archive(tensors: Readonly<Record<string, tf.Tensor>>): Promise<Uint8Array> {
  return (await npzOf({ net: { variables: tensors } as never })).files[0]!.bytes;
}

it('every network passes the checker, and computes in ONNX Runtime what it computes here', async context => {
  const python = await pythonWith(onnxRequirements).catch((error: Error) => error);
  if (python instanceof Error) return context.skip(`${onnxRequirements.join(', ')}: ${python.message}`);
  const names = Object.keys(exportedNetworks);
  for (const [index, name] of names.entries()) {
    const net = shakenNetwork(exportedNetworks[name]!);
    writeFileSync(join(folder, `${index}.onnx`), onnxOf({ net, classes: undefined }).files[0]!.bytes);
    for (const count of [1, 3, 7]) {
      const images = imagesFor(net, count);
      const expected = { images, ...expectedOutputs(net, images) };
      writeFileSync(join(folder, `${index}-batch-${count}.npz`), await archive(expected));
    }
    net.dispose();
  }
  const printed = await python.run([join(import.meta.dirname, 'check_onnx.py'), folder], folder);
  const results = JSON.parse(printed) as Record<string, { apart: Record<string, number>; metadata: object }>;
  expect(Object.keys(results)).toHaveLength(names.length);
  for (const [index, { apart, ...facts }] of Object.entries(results)) {
    const name = names[Number(index)]!;
    expect(facts, name).toMatchObject({ opset: 17, ir: 8, metadata: { range: '0..1' } });
    expect(Object.keys(apart).length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...Object.values(apart)), name).toBeLessThan(1e-5);
  }
});
