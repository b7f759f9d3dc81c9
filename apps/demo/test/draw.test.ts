import { expect, test } from 'vitest';
import { draw, onDemoPage, preciseLengths, seven } from './page';

const demo = onDemoPage();

test('a seven that is drawn is read as a seven', async () => {
  const { page } = demo;
  await draw(page, seven);
  await page.locator('#winner', { hasText: '7' }).waitFor();
  const lengths = await preciseLengths(page);
  expect(lengths).toHaveLength(10);
  expect(lengths.indexOf(Math.max(...lengths))).toBe(7);
  expect(lengths[7]).toBeGreaterThan(0.5);
});
