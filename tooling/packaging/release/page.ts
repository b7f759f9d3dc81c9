import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium as installedChromium } from '@capsnet/testing/machine';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import type { Example } from '../src/readme.js';

/**
 * Runs an example in Chromium, in a page that Vite builds as it does by default.
 *
 * @param folder a consumer's; its folder `public` is served with the page
 * @throws Error when the build or the example fails
 */
export async function runInPage(folder: string, { number, source }: Example): Promise<void> {
  const root = join(folder, `page-${number}`);
  mkdirSync(root);
  writeFileSync(join(root, 'index.html'), '<!doctype html><script type="module" src="/main.ts"></script>');
  writeFileSync(join(root, 'main.ts'), "import './example';\ndocument.title = 'done';\n");
  writeFileSync(join(root, 'example.ts'), source);
  const config = { root, publicDir: join(folder, 'public'), configFile: false, logLevel: 'error' } as const;
  await build(config);
  const server = await preview({ ...config, preview: { host: '127.0.0.1', port: 0 } });
  try {
    await visit(server.resolvedUrls?.local[0] ?? '');
  } finally {
    await server.close();
  }
}

/** Ends when the page's title is `done`. @throws Error when the page does */
export async function visit(url: string): Promise<void> {
  const executablePath = installedChromium();
  if (executablePath === undefined) throw new Error('no Chromium was found (set CHROMIUM_PATH)');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    const failed = new Promise<never>((_, reject) => page.on('pageerror', reject));
    const done = page
      .goto(url)
      .then(() => page.waitForFunction("document.title === 'done'", undefined, { timeout: 60_000 }));
    await Promise.race([failed, done]);
  } finally {
    await browser.close();
  }
}
