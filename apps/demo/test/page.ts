import { fileURLToPath } from 'node:url';
import { chromium as chromiumPath } from '@capsnet/testing/machine';
import type {} from '@capsnet/testing/matchers';
import { type Browser, chromium, type Page } from 'playwright-core';
import { preview } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { securityPolicy } from '../build/security-policy';

/** The built page, served as `npm run demo` does, in a Chromium that renders WebGL in software. */
export interface DemoPage {
  /** A fresh page in a profile of its own, which has loaded its weights. */
  readonly page: Page;
  /** Its address. */
  readonly url: string;
  /** Of what the console says in a test, this is expected. */
  expectComplaints(expected: RegExp): void;
}

const reasonMissing = chromiumPath() ? null : 'no Chromium was found (set CHROMIUM_PATH)';

/**
 * Opens the page before each test of a file; afterwards nothing may have left the origin, nor the console complained.
 *
 * @param options.headers what the server says beside the page's own policy
 * @param options.host the address of this machine that it is opened at. Default: its own to itself, where all is allowed that is by https
 */
export function onDemoPage({
  host = '127.0.0.1',
  headers = {},
}: {
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
} = {}): DemoPage {
  let close: () => Promise<void> = async () => {};
  let browser: Browser | undefined;
  let page: Page | undefined;
  let url = '';
  const complaints: string[] = [];

  beforeAll(async () => {
    if (reasonMissing !== null) return;
    const root = fileURLToPath(new URL('..', import.meta.url));
    const server = await preview({
      root,
      logLevel: 'error',
      preview: { port: 0, host, headers: { 'Content-Security-Policy': securityPolicy, ...headers } },
    });
    close = () => server.close();
    const { local, network } = server.resolvedUrls!;
    url = [...local, ...network][0]!;
    browser = await chromium.launch({ executablePath: chromiumPath()!, args: chromiumArguments });
  });

  beforeEach(async ({ task, skip }) => {
    if (reasonMissing !== null) {
      task.meta.missing = reasonMissing;
      skip(reasonMissing);
    }
    const context = await browser!.newContext({ viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(240_000);
    page = await context.newPage();
    complaints.length = 0;
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', error => complaints.push(error.message));
    page.on('request', request => {
      const { origin: asked, protocol } = new URL(request.url());
      if (asked !== new URL(url).origin && !['data:', 'blob:'].includes(protocol))
        complaints.push(`request to ${asked}`);
    });
    await page.goto(url);
    await ready(page);
  });

  afterEach(async () => {
    await page?.context().close();
    page = undefined;
    expect(complaints).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await close();
  });

  return {
    get page() {
      return page!;
    },
    get url() {
      return url;
    },
    expectComplaints(expected) {
      const others = complaints.filter(text => !expected.test(text));
      complaints.splice(0, complaints.length, ...others);
    },
  };
}

/** It renders WebGL in software. */
export const chromiumArguments = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];

/** Waits until the network is loaded. */
export async function ready(page: Page): Promise<void> {
  await page.locator('.network-status[data-status=ready]').waitFor();
}

/** Draws on the pad as a mouse does; strokes are points in sides of the pad. */
export async function draw(
  page: Page,
  strokes: readonly (readonly (readonly [x: number, y: number])[])[],
  name = 'Drawing pad',
) {
  const pad = padOf(page, name);
  await pad.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await pad.boundingBox())!;
  for (const stroke of strokes) {
    const [first, ...rest] = stroke.map(([across, down]) => [x + across * width, y + down * height] as const);
    await page.mouse.move(...first!);
    await page.mouse.down();
    for (const point of rest) await page.mouse.move(...point, { steps: 4 });
    await page.mouse.up();
  }
}

export function padOf(page: Page, name: string) {
  return page.getByRole('application', { name: new RegExp(`^${name}\\.`) });
}

/** The strokes of a seven. */
export const seven = [
  [
    [0.25, 0.25],
    [0.72, 0.23],
    [0.6, 0.5],
    [0.45, 0.82],
  ],
] as const;

/** Chooses a backend, and waits until the network is loaded there. */
export async function useBackend(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name: new RegExp(`^${name} `) }).click();
  await page.locator('.network-status[data-status=ready]', { hasText: name }).waitFor();
}

/** The activations of a panel's newest classification, once nothing is on its way. */
export async function activationsOf(page: Page, panel = '#draw'): Promise<number[]> {
  await page.locator(`${panel} .draw[data-pending=false]`).waitFor();
  return page
    .locator(`${panel} .activations li`)
    .evaluateAll(items => items.map(item => Number(item.getAttribute('data-activation'))));
}
