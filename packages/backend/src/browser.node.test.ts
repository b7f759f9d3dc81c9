import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';

// Inside the package, so that the page resolves what a user of the package would.
const cache = join(import.meta.dirname, '..', 'node_modules', '.cache');
let folder: string;
const modules: string[] = [];

beforeAll(async () => {
  await mkdir(cache, { recursive: true });
  folder = await mkdtemp(join(cache, 'vite-build-'));
  await writeFile(join(folder, 'index.html'), '<script type="module" src="./page.js"></script>');
  await writeFile(
    join(folder, 'page.js'),
    `import { pickBackend } from '@capsnet/backend';
     import * as tf from '@tensorflow/tfjs-core';
     window.result = (async () => {
       const picked = await pickBackend({ only: 'wasm' });
       return { ...picked, product: [...await tf.matMul([[1, 2]], [[3], [4]]).data()] };
     })();`,
  );
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['@capsnet/source', 'browser', 'module', 'import', 'default'] },
    build: { target: 'es2022' },
    plugins: [
      {
        name: 'record',
        generateBundle() {
          modules.push(...this.getModuleIds());
        },
      },
    ],
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it('is built by Vite without tfjs-node, and with the files of wasm', async () => {
  expect(modules.some(id => id.includes('tfjs-backend-webgl'))).toBe(true);
  expect(modules.filter(id => id.includes('tfjs-node') || id.includes('/src/native/'))).toEqual([]);
  const assets = await readdir(join(folder, 'dist', 'assets'));
  const wasm = assets
    .filter(name => name.endsWith('.wasm'))
    .map(name => name.replace(/-[\w-]{8}\.wasm$/, ''));
  expect(wasm.sort()).toEqual([
    'tfjs-backend-wasm',
    'tfjs-backend-wasm-simd',
    'tfjs-backend-wasm-threaded-simd',
  ]);
});

it('computes on wasm in a built page', async context => {
  const executablePath = process.env.CHROMIUM_PATH || '/usr/bin/chromium';
  if (!existsSync(executablePath)) return context.skip('no Chromium was found (set CHROMIUM_PATH)');
  const server = await preview({ root: folder, configFile: false, logLevel: 'error', preview: { port: 0 } });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.goto(server.resolvedUrls!.local[0]!);
    expect(await page.evaluate('window.result')).toMatchObject({ name: 'wasm', skipped: [], product: [11] });
  } finally {
    await browser.close();
    await server.close();
  }
});
