import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium as installedChromium } from '@capsnet/testing/machine';
import { type Browser, chromium, type Page } from 'playwright-core';
import { preview } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

declare module 'vitest' {
  /** For the report of all packages. */
  interface TaskMeta {
    /** Why the test was skipped. */
    missing?: string;
  }
}

/** The built site. */
export const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** Why no page can be opened here, if so. */
export const missing = installedChromium() ? undefined : 'no Chromium was found (set CHROMIUM_PATH)';

/** All pages of the built site, by their paths. */
export function builtPages(): Map<string, string> {
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter(file =>
    file.endsWith('.html'),
  );
  return new Map(files.map(file => [file.replaceAll('\\', '/'), readFileSync(join(dist, file), 'utf8')]));
}

/** Serves the built site and opens its pages in Chromium, for the tests of one file. */
export function siteInChromium() {
  let browser: Browser | undefined;
  let server: Awaited<ReturnType<typeof preview>> | undefined;
  const pages: Page[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    const executablePath = installedChromium();
    if (!executablePath) return;
    const outDir = dist;
    server = await preview({
      configFile: false,
      logLevel: 'error',
      build: { outDir },
      preview: { host: '127.0.0.1', port: 0 },
    });
    const args = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
    browser = await chromium.launch({ executablePath, args });
  });
  beforeEach(({ task, skip }) => {
    if (!missing) return;
    task.meta.missing = missing;
    skip(missing);
  });
  afterEach(async () => {
    await Promise.all(pages.splice(0).map(page => page.close()));
    const found = problems.splice(0);
    if (found.length > 0) throw new Error(`the page complained:\n${found.join('\n')}`);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  return {
    /**
     * @param path of a page, with its query
     * @returns the page, once it is alive; requests to other machines fail the test
     */
    async open(path: string, { width = 1440, height = 1000 } = {}): Promise<Page> {
      const page = await browser!.newPage({ viewport: { width, height } });
      pages.push(page);
      const origin = server!.resolvedUrls!.local[0]!;
      page.on('pageerror', error => problems.push(error.message));
      page.on('request', request => {
        const { protocol, host } = new URL(request.url());
        if (protocol.startsWith('http') && host !== new URL(origin).host)
          problems.push(`asked for ${request.url()}`);
      });
      await page.goto(new URL(path, origin).href);
      await page.waitForFunction(() => document.documentElement.dataset.alive === 'true');
      return page;
    },
  };
}
