import { expect, test } from 'vitest';
import { activationsOf, draw, onDemoPage, ready, seven, useBackend } from './page';

const demo = onDemoPage();

test('activations are the same on WebGL, wasm and cpu', async () => {
  const { page } = demo;
  await draw(page, seven);
  const found: Record<string, number[]> = {};
  for (const name of ['wasm', 'webgl', 'cpu']) {
    await useBackend(page, name);
    found[name] = await activationsOf(page);
  }
  for (const name of ['webgl', 'cpu']) {
    found[name]!.forEach((length, label) => {
      expect(Math.abs(length - found.wasm![label]!), `${name}, capsule ${label}`).toBeLessThan(1e-3);
    });
  }
});

test('the page shows why a backend is missing, and measures the speed', async () => {
  const { page } = demo;
  const webgpu = page.locator('.backend', { hasText: 'webgpu' });
  await webgpu.getByText('not picked: ').waitFor();
  await page.getByRole('button', { name: 'Measure the speed' }).click();
  await page.getByText(/wasm: [1-9]\d* images\/s/).waitFor();
});

test('a lost WebGL context is reported, and a new worker finds the same activations', async () => {
  const { page } = demo;
  await draw(page, seven);
  await useBackend(page, 'webgl');
  const before = await activationsOf(page);
  await page.getByRole('button', { name: 'Lose the WebGL context' }).click();
  await page.getByText('took the WebGL context away').waitFor();
  await ready(page);
  const after = await activationsOf(page);
  after.forEach((length, label) => {
    expect(Math.abs(length - before[label]!)).toBeLessThan(1e-3);
  });
});
