import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { securityPolicy } from '../build/security-policy';
import { onDemoPage } from './page';

const demo = onDemoPage();

test('the first load takes at most 600 KB of compressed script and WebAssembly', async () => {
  const { page, url: address } = demo;
  const loaded = () => performance.getEntriesByType('resource').map(({ name }) => name);
  const [worker] = page.workers();
  const urls = new Set([
    ...(await page.evaluate(loaded)),
    worker!.url(),
    ...(await worker!.evaluate(loaded)),
  ]);
  const scripts = [...urls].filter(url => /\.(js|wasm)$/.test(url));
  const sizes = scripts.map(url => {
    const file = fileURLToPath(new URL(`../dist/${url.slice(address.length)}`, import.meta.url));
    return [url, gzipSync(readFileSync(file)).length] as const;
  });
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  expect(scripts.length).toBeGreaterThan(2);
  expect(total, sizes.join('\n')).toBeLessThan(600_000);
  // MNIST comes when it is asked for.
  expect([...urls].filter(url => url.includes('/mnist/'))).toEqual([]);
});

test('the policy stands in the page, and is strict', async () => {
  const policy = await demo.page
    .locator('meta[http-equiv="Content-Security-Policy"]')
    .getAttribute('content');
  expect(policy).toBe(securityPolicy);
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
});
