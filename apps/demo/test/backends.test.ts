import { expect, test } from 'vitest';
import { draw, onDemoPage, preciseLengths, ready, seven, useBackend } from './page';

const demo = onDemoPage();

test('WebGL, wasm and cpu read the same lengths', async () => {
  const { page } = demo;
  await draw(page, seven);
  const found: Record<string, number[]> = {};
  for (const name of ['wasm', 'webgl', 'cpu']) {
    await useBackend(page, name);
    found[name] = await preciseLengths(page);
  }
  for (const name of ['webgl', 'cpu']) {
    found[name]!.forEach((length, label) => {
      expect(Math.abs(length - found.wasm![label]!), `${name}, capsule ${label}`).toBeLessThan(1e-3);
    });
  }
});

test('the reason of a backend that is missing is said, and the speed is measured', async () => {
  const { page } = demo;
  const webgpu = page.locator('.backend', { hasText: 'webgpu' });
  await webgpu.getByText('not picked: ').waitFor();
  await page.getByRole('button', { name: 'Measure the speed' }).click();
  await page.getByText(/wasm: [1-9]\d* images\/s/).waitFor();
});

test('a lost WebGL context is said, and another worker reads the same lengths', async () => {
  const { page } = demo;
  await draw(page, seven);
  await useBackend(page, 'webgl');
  const before = await preciseLengths(page);
  await page.getByRole('button', { name: 'Lose the WebGL context' }).click();
  await page.getByText('took the WebGL context away').waitFor();
  await ready(page);
  const after = await preciseLengths(page);
  after.forEach((length, label) => {
    expect(Math.abs(length - before[label]!)).toBeLessThan(1e-3);
  });
});
