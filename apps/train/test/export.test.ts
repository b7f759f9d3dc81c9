import '@tensorflow/tfjs-backend-cpu';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AnyNetwork, capsNet, encodeNetwork, importPyTorchWeights } from '@capsnet/core';
import { parseNpz } from '@capsnet/data/node';
import { InferenceSession } from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capsnet, jsonLines } from './command-line';
import { expectedOutputs, exportedNetworks, imagesFor, shakenNetwork } from './exported-networks';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const inFolder = (...names: string[]) => join(folder, ...names);

const classes = ['owl', 'été', 'two\nlines', '"'];
let net: AnyNetwork;
beforeAll(async () => {
  net = shakenNetwork(exportedNetworks['min-max couplings, two layers']!);
  const metadata = { classes: JSON.stringify(classes) };
  writeFileSync(inFolder('model.safetensors'), await encodeNetwork(net, metadata));
});

function run(...args: string[]) {
  return capsnet(['export', '--model', 'model.safetensors', '--backend', 'cpu', ...args], { cwd: folder });
}

describe('capsnet export', () => {
  it('writes an ONNX file that says what it takes, and what its classes are called', async () => {
    const { code, stdout, stderr } = await run('--to', 'onnx', '--out', 'm.onnx', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const bytes = readFileSync(inFolder('m.onnx'));
    expect(jsonLines(stdout)).toEqual([
      {
        out: 'm.onnx',
        to: 'onnx',
        bytes: bytes.length,
        opset: 17,
        irVersion: 8,
        inputs: { images: ['batch', 12, 14, 2] },
        outputs: {
          activations: ['batch', 4],
          capsules: ['batch', 4, 5],
          reconstructions: ['batch', 12, 14, 2],
        },
      },
    ]);
    const session = await InferenceSession.create(bytes);
    expect(session.outputNames).toEqual(['activations', 'capsules', 'reconstructions']);
    expect(bytes.includes(JSON.stringify(classes))).toBe(true);
  });

  it('writes an archive of NumPy with every weight by its name', async () => {
    expect((await run('--to', 'npz', '--out', 'm.npz')).code).toBe(0);
    const arrays = parseNpz(readFileSync(inFolder('m.npz')));
    expect(Object.keys(arrays).sort()).toEqual(Object.keys(net.variables).sort());
    for (const [name, variable] of Object.entries(net.variables)) {
      expect(arrays[name]!.shape).toEqual(variable.shape);
      expect(Array.from(arrays[name]!.data)).toEqual(Array.from(variable.dataSync()));
    }
  });

  it("writes a folder for PyTorch whose weights come back by @capsnet/core's own reader", async () => {
    expect((await run('--to', 'pytorch', '--out', 'deep/torch')).code).toBe(0);
    expect(readdirSync(inFolder('deep')).sort()).toEqual(['torch']);
    expect(readdirSync(inFolder('deep', 'torch')).sort()).toEqual(['model.py', 'model.safetensors']);
    const again = capsNet(net.config as Parameters<typeof capsNet>[0]);
    importPyTorchWeights(again, readFileSync(inFolder('deep', 'torch', 'model.safetensors')));
    for (const [name, variable] of Object.entries(net.variables))
      expect(Array.from(again.variables[name]!.dataSync())).toEqual(Array.from(variable.dataSync()));
  });

  it('writes a LayersModel that another process loads, with @capsnet/core and nothing else of ours', async () => {
    const { code, stdout, stderr } = await run('--to', 'tfjs', '--out', 'tfjs', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const [told] = jsonLines(stdout);
    const files = readdirSync(inFolder('tfjs')).sort();
    expect((told!.files as { name: string }[]).map(({ name }) => name).sort()).toEqual(files);
    expect(files).toEqual(['group1-shard1of1.bin', 'model.json']);

    const images = imagesFor(net, 3);
    const server = createServer((request, response) =>
      response.end(readFileSync(inFolder('tfjs', request.url!.slice(1)))),
    );
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const program = `
      import '@tensorflow/tfjs-backend-cpu';
      import '@capsnet/core';
      import * as tf from '@tensorflow/tfjs-core';
      import { loadLayersModel } from '@tensorflow/tfjs-layers';
      const model = await loadLayersModel('http://127.0.0.1:${port}/model.json');
      const images = tf.tensor(${JSON.stringify(Array.from(images.dataSync()))}, ${JSON.stringify(images.shape)});
      const found = model.predict(images).map(output => Array.from(output.dataSync()));
      console.log(JSON.stringify({ found, metadata: model.getUserDefinedMetadata() }));
    `;
    const printed = await node(program);
    server.close();
    const { found, metadata } = JSON.parse(printed) as {
      found: number[][];
      metadata: Record<string, string>;
    };
    const { activations, reconstructions } = expectedOutputs(net, images);
    for (const [index, expected] of [activations!, reconstructions!].entries()) {
      const numbers = expected.dataSync();
      expect(found[index]).toHaveLength(numbers.length);
      for (const [at, value] of numbers.entries()) expect(found[index]![at]).toBeCloseTo(value, 6);
    }
    expect(JSON.parse(metadata.classes!)).toEqual(classes);
    expect(metadata).toMatchObject({ height: '12', width: '14', channels: '2', range: '0..1' });
  });

  it('cuts weights into shards of 4 MB, which together are the weights', async () => {
    const large = await capsnet(
      ['export', '--pretrained', 'capsnet-mnist', '--backend', 'wasm', '--to', 'tfjs', '--out', 'large'],
      { cwd: folder },
    );
    expect([large.code, large.stderr]).toEqual([0, '']);
    const { weightsManifest } = JSON.parse(readFileSync(inFolder('large', 'model.json'), 'utf8'));
    const [{ paths, weights }] = weightsManifest as [{ paths: string[]; weights: { shape: number[] }[] }];
    const sizes = paths.map(path => readFileSync(inFolder('large', path)).length);
    expect(sizes.slice(0, -1).every(size => size === 4 * 2 ** 20)).toBe(true);
    const numbers = weights.map(({ shape }) => shape.reduce((product, size) => product * size, 1));
    expect(sizes.reduce((sum, size) => sum + size)).toBe(4 * numbers.reduce((sum, size) => sum + size));
  });

  it('overwrites nothing unasked', async () => {
    writeFileSync(inFolder('mine.onnx'), 'mine');
    mkdirSync(inFolder('mine'));
    writeFileSync(inFolder('mine', 'notes.txt'), 'mine');
    for (const [to, out, message] of [
      ['onnx', 'mine.onnx', 'mine.onnx exists: choose another --out, or overwrite it with --force'],
      ['tfjs', 'mine', 'mine exists: choose another --out, or overwrite it with --force'],
      ['npz', 'mine', '--out mine: expected a file to write, found a folder of that name'],
      ['pytorch', 'mine.onnx', '--out mine.onnx: expected a folder to write, found a file of that name'],
    ] as const) {
      const { code, stderr } = await run('--to', to, '--out', out);
      expect([code, stderr]).toEqual([2, `capsnet: ${message}\n`]);
    }
    expect(readFileSync(inFolder('mine.onnx'), 'utf8')).toBe('mine');
    expect(readdirSync(inFolder('mine'))).toEqual(['notes.txt']);

    expect((await run('--to', 'onnx', '--out', 'mine.onnx', '--force')).code).toBe(0);
    expect((await run('--to', 'pytorch', '--out', 'mine', '--force')).code).toBe(0);
    expect(readdirSync(inFolder('mine')).sort()).toEqual(['model.py', 'model.safetensors', 'notes.txt']);
    expect(readFileSync(inFolder('mine', 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('says what is wrong in one line', async () => {
    const missing = await run('--to', 'onnx');
    expect([missing.code, missing.stderr.trim().split('\n').length]).toEqual([2, 1]);
    expect(missing.stderr).toContain('--out <path>');
    const unknown = await run('--to', 'tflite', '--out', 'm');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('Allowed choices are onnx, tfjs, pytorch, npz');
    const nowhere = await run('--to', 'onnx', '--out', 'model.safetensors/m.onnx');
    expect([nowhere.code, nowhere.stderr.trim().split('\n').length]).toEqual([2, 1]);
    expect(existsSync(inFolder('m'))).toBe(false);
  });
});

/** What a module prints that lies where this package's own dependencies are found. */
async function node(program: string): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: join(import.meta.dirname, '..'),
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', chunk => {
    stdout += chunk;
  });
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  const code = await new Promise(resolve => child.on('close', resolve));
  if (code !== 0) throw new Error(stderr);
  return stdout;
}
