import { existsSync } from 'node:fs';
import { chromium as chromiumPath } from '@capsnet/testing/machine';
import { chromium } from 'playwright-core';
import { preview } from 'vite';

/** Serves the built page, calls `use` with a Chromium's page and the address, and closes both. */
export async function withBuiltPage(use) {
  if (!existsSync('dist'))
    throw new Error('expected the built page in dist, found none: run `npm run build` before');
  const server = await preview({ logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } });
  const browser = await chromium.launch({ executablePath: chromiumPath() ?? '', args: ['--no-sandbox'] });
  try {
    await use(
      await browser.newPage({ viewport: { width: 1280, height: 900 } }),
      server.resolvedUrls?.local[0] ?? '',
    );
  } finally {
    await browser.close();
    await server.close();
  }
}
