import { expect, test } from 'vitest';
import { activationsOf, draw, onDemoPage, seven } from './page';

const demo = onDemoPage();

test('a seven that is drawn is classified as a seven', async () => {
  const { page } = demo;
  await draw(page, seven);
  await page.locator('#winner', { hasText: '7' }).waitFor();
  const lengths = await activationsOf(page);
  expect(lengths).toHaveLength(10);
  expect(lengths.indexOf(Math.max(...lengths))).toBe(7);
  expect(lengths[7]).toBeGreaterThan(0.5);
});
