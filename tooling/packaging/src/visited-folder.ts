import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import sirv from 'sirv';

/** A page in Chromium, of a folder that is served as it is. */
export interface VisitedFolder {
  /** What the page asked other servers for. */
  readonly foreignRequests: readonly string[];
  /** Waits until an element's value or text is like this; fails with what went wrong in the page. */
  shows(selector: string, text: RegExp): Promise<void>;
  /** Draws a line with the mouse, from point to point, in pixels from an element's corner. */
  draw(selector: string, points: readonly (readonly [x: number, y: number])[]): Promise<void>;
  close(): Promise<void>;
}

/** Serves a folder's files as they are, and opens its `index.html`. */
export async function visitFolder(folder: string, executablePath: string): Promise<VisitedFolder> {
  const files = sirv(folder, { dev: true });
  const server = createServer((request, response) => files(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--ignore-gpu-blocklist',
    ],
  });
  const page = await browser.newPage();
  const problems: string[] = [];
  const foreignRequests: string[] = [];
  page.on('pageerror', error => problems.push(error.message));
  page.on('requestfailed', request => {
    const reason = request.failure()?.errorText;
    // What the page itself gave up, or Chromium, after the whole of it had come: on a busy machine it says so of the weights.
    if (reason !== 'net::ERR_ABORTED') problems.push(`${request.url()}: ${reason}`);
  });
  page.on('response', response => {
    if (response.status() >= 400 && !response.url().endsWith('favicon.ico')) problems.push(response.url());
  });
  page.on('request', request => {
    if (!request.url().startsWith(origin)) foreignRequests.push(request.url());
  });
  await page.goto(origin);
  return {
    foreignRequests,
    async shows(selector, text) {
      for (let tries = 0; ; tries++) {
        const shown = (await page.locator(selector).textContent()) ?? '';
        if (text.test(shown)) return;
        if (problems.length > 0 || tries === 600)
          throw new Error(`expected ${selector} to show ${text}, found "${shown}"\n${problems.join('\n')}`);
        await page.waitForTimeout(100);
      }
    },
    async draw(selector, points) {
      const { x = 0, y = 0 } = (await page.locator(selector).boundingBox()) ?? {};
      for (const [i, [right, down]] of points.entries()) {
        await page.mouse.move(x + right, y + down);
        if (i === 0) await page.mouse.down();
      }
      await page.mouse.up();
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}
