import { expect, test } from 'vitest';
import { activationsOf, draw, onDemoPage, seven } from './page';

// As a server has to say it for threads of WebAssembly.
const demo = onDemoPage({
  headers: {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  },
});

test('a page that is isolated from other origins starts as any other', async () => {
  const { page } = demo;
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await draw(page, seven);
  await page.locator('#winner').waitFor();
  expect(await activationsOf(page)).toHaveLength(10);
});
