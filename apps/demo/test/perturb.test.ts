import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { activationsOf, draw, onDemoPage, seven } from './page';

const demo = onDemoPage();

test('a slider changes what the decoder draws, and reset brings it back', async () => {
  const { page } = demo;
  await draw(page, seven);
  const canvas = page.getByRole('img', { name: 'What the decoder draws' });
  await canvas.waitFor();
  const ink = () => canvas.evaluate(inkOf);
  await expect.poll(async () => sum(await ink())).toBeGreaterThan(0);
  // The classification after the last stroke may still be on its way, and after it what the decoder makes of it.
  await page.locator('#draw [data-pending=false]').waitFor();
  await page.locator('.perturbed[aria-busy=false]').waitFor();
  const before = await ink();
  await page.getByRole('slider', { name: 'Dimension 1', exact: true }).focus();
  for (let press = 0; press < 25; press++) await page.keyboard.press('ArrowRight');
  await expect.poll(async () => difference(await ink(), before)).toBeGreaterThan(255);
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(async () => difference(await ink(), before)).toBe(0);
});

test('the sheet has 16 x 11 digits and can be saved', async () => {
  const { page } = demo;
  await draw(page, seven);
  await activationsOf(page);
  await page.getByRole('button', { name: /make the sheet/i }).click();
  const button = page.getByRole('button', { name: 'Download PNG' });
  await button.waitFor();
  const [file] = await Promise.all([page.waitForEvent('download'), button.click()]);
  expect(file.suggestedFilename()).toBe('capsule-7.png');
  const png = readFileSync(await file.path());
  expect([...png.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  // 11 and 16 tiles of twice 28 pixels, the gaps between them, and the numbers of the rows.
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([28 + 11 * 60 + 4, 16 * 60 + 4]);
});

/** How much ink each pixel has. Runs in the page. */
function inkOf(element: Element): number[] {
  const canvas = element as HTMLCanvasElement;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  return Array.from(data).filter((_, at) => at % 4 === 3);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function difference(values: readonly number[], others: readonly number[]): number {
  return sum(values.map((value, at) => Math.abs(value - others[at]!)));
}
