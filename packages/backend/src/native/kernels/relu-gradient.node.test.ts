import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import '@tensorflow/tfjs-layers'; // registers the gradients
import { listBackends, pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { build } from 'vite';
import { beforeEach, expect, it } from 'vitest';

const native = (await listBackends()).find(({ name }) => name === 'native')!;

beforeEach(async context => {
  if (!native.available) return context.skip(native.reason);
  await pickBackend({ only: 'native' });
});

const x = () => tf.tensor1d([-2, -1e-30, 0, 1e-30, 3, Number.POSITIVE_INFINITY]);
const kernelsOf = async (f: () => tf.Tensor) => (await tf.profile(() => f())).kernels.map(({ name }) => name);

it('is 0 up to 0 and dy above, by one operation', async () => {
  const dy = tf.tensor1d([1, 2, 3, 4, 5, 6]);
  const gradient = () => tf.grad(tf.relu)(x(), dy);
  expect(gradient().dataSync()).toEqual(new Float32Array([0, 0, 0, 4, 5, 6]));
  expect(await kernelsOf(gradient)).toEqual(expect.arrayContaining(['ReluGrad']));
  expect(await kernelsOf(gradient)).not.toEqual(expect.arrayContaining(['Step']));
});

it('has a gradient itself', () => {
  // d/dx of (d/dx relu(x)^2) = 2 where x > 0
  const first = tf.grad(x => tf.sum(tf.square(tf.relu(x))));
  const second = tf.grad(x => tf.sum(first(x)));
  expect(second(tf.tensor1d([-1, 0, 2, 5]))).toBeAllClose([0, 0, 2, 2]);
});

it("leaves tfjs's own to the other backends", async () => {
  await pickBackend({ only: 'cpu' });
  const gradient = () => tf.grad(tf.relu)(tf.tensor1d([-1, 2]), tf.tensor1d([3, 4]));
  expect(gradient()).toBeAllClose([0, 4]);
  expect(await kernelsOf(gradient)).toEqual(expect.arrayContaining(['Step']));
});

it('leaves no tensor behind', () => {
  const input = x();
  const before = tf.memory().numTensors;
  tf.grad(tf.relu)(input).dispose();
  tf.step(input).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it('comes with a step that keeps NaN and takes a slope', () => {
  expect(tf.step(x()).dataSync()).toEqual(new Float32Array([0, 0, 0, 1, 1, 1]));
  expect(tf.step(tf.scalar(Number.NaN)).dataSync()).toEqual(new Float32Array([Number.NaN]));
  expect(tf.step(tf.tensor1d([-3, 0, 3]), 0.5).dataSync()).toEqual(new Float32Array([0.5, 0.5, 1]));
});

it.each([
  { order: 'before', first: '@tensorflow/tfjs-layers', second: '@capsnet/backend' },
  { order: 'after', first: '@capsnet/backend', second: '@tensorflow/tfjs-layers' },
])('is in use when tfjs-layers is imported $order the backend was picked', async ({ first }) => {
  const pick =
    "const { pickBackend } = await import('@capsnet/backend'); await pickBackend({ only: 'native' });";
  const layers = "await import('@tensorflow/tfjs-layers');";
  const steps = first === '@capsnet/backend' ? [pick, layers] : [layers, pick];
  const kernels = await runInProcess(`
    ${steps.join('\n')}
    const tf = await import('@tensorflow/tfjs-core');
    const { kernels } = await tf.profile(() => tf.grad(tf.relu)(tf.tensor1d([-1, 2])));
    console.log(JSON.stringify(kernels.map(({ name }) => name)));
  `);
  expect(kernels).toContain('ReluGrad');
  expect(kernels).not.toContain('Step');
});

/** Node runs no TypeScript, so a process of its own runs a bundle of the sources. */
async function runInProcess(source: string): Promise<string[]> {
  const cache = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'relu-'));
  try {
    await writeFile(join(folder, 'entry.js'), source);
    await build({
      root: folder,
      configFile: false,
      logLevel: 'error',
      ssr: {
        noExternal: ['@capsnet/backend'],
        resolve: { conditions: ['@capsnet/source', 'node', 'import', 'default'] },
      },
      build: { ssr: join(folder, 'entry.js'), outDir: join(folder, 'program'), target: 'node20' },
    });
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'program', 'entry.js')]);
    return JSON.parse(stdout.trim().split('\n').at(-1)!);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
