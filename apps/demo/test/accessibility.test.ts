import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { expect, test } from 'vitest';
import { draw, onDemoPage, padOf, seven } from './page';

const demo = onDemoPage();
const axe = createRequire(import.meta.url).resolve('axe-core');

test.each(['Dark', 'Light'])('axe finds nothing to complain about (before a click on %s)', async name => {
  const { page } = demo;
  await draw(page, seven, 'Drawing pad for two digits');
  await page.locator('#pair .verdict strong').first().waitFor();
  await draw(page, seven);
  await page.locator('#routing').scrollIntoViewIfNeeded();
  await page.locator('.couplings').first().waitFor();
  if (name === 'Light') await page.getByRole('button', { name: 'Dark' }).click();
  await page.getByRole('button', { name }).waitFor();
  // By the debugger, which the page's policy does not bind.
  await page.evaluate((await import('node:fs')).readFileSync(axe, 'utf8'));
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)).toEqual(
    [],
  );
});

test('a digit can be drawn with the keyboard', async () => {
  const { page } = demo;
  await padOf(page, 'Drawing pad').focus();
  const press = async (key: string, times = 1) => {
    for (let press = 0; press < times; press++) await page.keyboard.press(key);
  };
  // A one: up from the middle, pen down, and down again.
  await press('ArrowUp', 8);
  await press(' ');
  await press('ArrowDown', 16);
  await press(' ');
  await page.locator('#winner', { hasText: '1' }).waitFor();
  await press('Backspace');
  await page.locator('#draw').getByText('Nothing to classify yet').waitFor();
});

test('nothing is wider than a phone', async () => {
  const { page } = demo;
  await page.setViewportSize({ width: 360, height: 740 });
  await draw(page, seven);
  await page.locator('#winner').waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(360);
});
