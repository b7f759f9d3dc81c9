import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { run } from '@capsnet/workspace/process';
import sirv from 'sirv';
import { visit } from './page.js';

/** How a bundler is asked for a page, in a project whose `main.js` is the page's. */
export interface Bundler {
  /** What npm installs for it. */
  readonly packages: readonly string[];
  /** Its configuration: file names and contents. */
  readonly files: Readonly<Record<string, string>>;
  /** Builds `dist/main.js`. */
  readonly command: readonly string[];
  /** Whether the page serves and names the weights and the files of wasm itself. */
  readonly told?: boolean;
}

const rollup = (plugins: string) =>
  `import commonjs from '@rollup/plugin-commonjs';
   import resolve from '@rollup/plugin-node-resolve';
   import { importMetaAssets } from '@web/rollup-plugin-import-meta-assets';
   export default { input: 'main.js', output: { dir: 'dist' }, plugins: [resolve({ browser: true }), commonjs(), ${plugins}] };`;
const rollupPackages = [
  'rollup@4',
  '@rollup/plugin-commonjs@29',
  '@rollup/plugin-node-resolve@16',
  '@web/rollup-plugin-import-meta-assets@2',
];

/** Vite is not among them: it builds the examples of the READMEs. */
export const bundlers: Readonly<Record<string, Bundler>> = {
  'webpack 5': {
    packages: ['webpack@5', 'webpack-cli@6'],
    files: {},
    command: ['webpack', '--mode=production', '--entry=./main.js', '--output-path=dist'],
  },
  esbuild: {
    packages: ['esbuild@0.28'],
    files: {},
    command: ['esbuild', 'main.js', '--bundle', '--format=esm', '--outdir=dist'],
    told: true,
  },
  Rollup: {
    packages: rollupPackages,
    files: { 'rollup.config.mjs': rollup('') },
    command: ['rollup', '--config', '--silent'],
    told: true,
  },
  'Rollup with its plugin for assets': {
    packages: rollupPackages,
    files: { 'rollup.config.mjs': rollup('importMetaAssets()') },
    command: ['rollup', '--config', '--silent'],
  },
};

/** What the page needs beside our packages; of the optional backends, WebGPU and WebGL are left out on purpose. */
export const pagePackages = [
  '@capsnet/backend',
  '@capsnet/core',
  '@capsnet/pretrained',
  '@tensorflow/tfjs-core@4.22.0',
  '@tensorflow/tfjs-layers@4.22.0',
  '@tensorflow/tfjs-backend-wasm@4.22.0',
  '@tensorflow/tfjs-backend-cpu@4.22.0',
];

/** Picks wasm, reads an image with a pretrained network, and trains a layer for two steps. */
const page = (told: boolean) => `import { pickBackend } from '@capsnet/backend';
import { PrimaryCapsules } from '@capsnet/core';
import { load } from '@capsnet/pretrained/efficient-capsnet-mnist';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

async function example() {
  const { name, skipped } = await pickBackend(${told ? "{ wasmPaths: '/wasm/' }" : ''});
  if (name !== 'wasm') throw new Error(name + ', because ' + JSON.stringify(skipped));
  const network = await load({ decoder: false${told ? ", files: '/model'" : ''} });
  const images = tf.zeros([2, 28, 28, 1]);
  if ((await network.classify(images)).length !== 2) throw new Error('expected two answers');
  const model = sequential();
  model.add(new PrimaryCapsules({ channels: 1, dim: 4, inputShape: [28, 28, 1] }));
  model.add(layers.flatten());
  model.add(layers.dense({ units: 10, activation: 'softmax' }));
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
  const { history } = await model.fit(images, tf.oneHot([3, 4], 10), { epochs: 1, batchSize: 1 });
  if (!Number.isFinite(history.loss[0])) throw new Error('loss ' + history.loss[0]);
  document.title = 'done';
}
example();
`;

/**
 * Builds the page with a bundler, and runs it in Chromium.
 *
 * @param project has {@link pagePackages} and the bundler's own packages
 * @throws Error when the build or the page fails
 */
export async function runBundled(project: string, { files, command, told = false }: Bundler): Promise<void> {
  const dist = join(project, 'dist');
  mkdirSync(dist);
  writeFileSync(join(project, 'main.js'), page(told));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(project, name), content);
  const code = await run('npx', ['--no', '--', ...command], { cwd: project });
  if (code !== 0) throw new Error(`${command[0]} ended with ${code}`);
  writeFileSync(join(dist, 'index.html'), '<!doctype html><script type="module" src="./main.js"></script>');
  if (told) {
    const installed = join(project, 'node_modules');
    const model = join(installed, '@capsnet/pretrained/models/efficient-capsnet-mnist');
    cpSync(model, join(dist, 'model'), { recursive: true });
    cpSync(join(installed, '@tensorflow/tfjs-backend-wasm/dist'), join(dist, 'wasm'), { recursive: true });
  }
  const server = createServer(sirv(dist));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    await visit(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.close();
  }
}
