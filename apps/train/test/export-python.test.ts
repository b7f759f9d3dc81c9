import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pickBackend } from '@capsnet/backend';
import { type Python, pythonWith } from '@capsnet/testing/python';
import type * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import { npzOf } from '../src/export/npz';
import { onnxOf } from '../src/export/onnx/onnx';
import { expectedOutputs, exportedNetworks, imagesFor, shakenNetwork } from './exported-networks';

// ONNX Runtime, ONNX' own checker and NumPy, from PyPI: 170 MB, installed once.
const requirements = ['onnxruntime==1.31.1', 'onnx==1.23.2'];
const folder = mkdtempSync(join(tmpdir(), 'capsnet-export-python-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let python: Python | Error;
beforeAll(async () => {
  await pickBackend({ only: 'wasm' });
  python = await pythonWith(requirements).catch((error: Error) => error);
});

function provided(context: TestContext): Python {
  if (python instanceof Error) return context.skip(`${requirements.join(', ')}: ${python.message}`);
  return python;
}

/** An archive for NumPy, of tensors. */
async function archive(tensors: Readonly<Record<string, tf.Tensor>>): Promise<Uint8Array> {
  return (await npzOf({ net: { variables: tensors } as never })).files[0]!.bytes;
}

it('every network passes the checker, and computes in ONNX Runtime what it computes here', async context => {
  const { run } = provided(context);
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
  const printed = await run([join(import.meta.dirname, 'check_onnx.py'), folder], folder);
  const results = JSON.parse(printed) as Record<string, { apart: Record<string, number>; metadata: object }>;
  expect(Object.keys(results)).toHaveLength(names.length);
  for (const [index, { apart, ...facts }] of Object.entries(results)) {
    const name = names[Number(index)]!;
    expect(facts, name).toMatchObject({ opset: 17, ir: 8, metadata: { range: '0..1' } });
    expect(Object.keys(apart).length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...Object.values(apart)), name).toBeLessThan(1e-5);
  }
});
