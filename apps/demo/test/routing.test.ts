import { expect, test } from 'vitest';
import { openModel, small } from './model-file';
import { draw, onDemoPage, seven } from './page';

const demo = onDemoPage();

test('couplings start even and move to the digit: of the busiest channels, or of all', async () => {
  const { page } = demo;
  const panel = page.locator('#routing');
  const couplings = (channels: number) =>
    panel.getByRole('img', { name: new RegExp(`^Couplings, ${channels} channels by 10 classes; to 7, `) });
  await draw(page, seven);
  await panel.scrollIntoViewIfNeeded();
  await couplings(8).first().waitFor();
  const means = await couplings(8).evaluateAll(maps =>
    maps.map(map => Number(map.getAttribute('aria-label')!.split(' ').at(-1))),
  );
  expect(means).toHaveLength(3);
  expect(means[0]).toBe(0.1);
  expect(means[2]).toBeGreaterThan(means[0]!);
  // Maps of 6x6, a cell apart; they are drawn a moment after they are named.
  const sides = () => couplings(8).or(couplings(32)).first().evaluate(sidesOfCanvas);
  await expect.poll(sides).toEqual([69, 55]);

  await panel.getByRole('button', { name: 'All 32' }).click();
  await couplings(32).first().waitFor();
  await expect.poll(sides).toEqual([69, 223]);
  await panel.getByRole('button', { name: 'Only 8' }).click();
  await couplings(8).first().waitFor();

  // A network whose capsules all sit at one position shows each of them.
  await page.locator('.model select').selectOption('efficient-capsnet-mnist');
  await panel.getByRole('img', { name: /^Couplings, 16 channels by 10 classes; to 7, / }).waitFor();
  expect(await panel.getByRole('button').count()).toBe(0);
});

function sidesOfCanvas(canvas: SVGElement | HTMLElement): number[] {
  const { width, height } = canvas as HTMLCanvasElement;
  return [width, height];
}

test('a network with one iteration is labelled self-attention only if it is', async () => {
  const { page } = demo;
  const panel = page.locator('#routing');
  await draw(page, seven);
  await panel.scrollIntoViewIfNeeded();
  await panel.locator('.couplings').first().waitFor();
  await page.locator('.model select').selectOption('efficient-capsnet-mnist');
  await panel.getByText('There is one pass').waitFor();
  await openModel(page, { ...small, routing: { type: 'dynamic', iterations: 1 } });
  await panel.getByText('There is one pass').waitFor({ state: 'detached' });
  await panel.getByRole('img', { name: /^Couplings, 4 channels by 10 classes/ }).waitFor();
});

test('capsules between the primary ones and the classes are shown in their place', async () => {
  const { page } = demo;
  const panel = page.locator('#routing');
  await draw(page, seven);
  await openModel(page, { ...small, hidden: [{ capsules: 5, dim: 6 }] });
  await panel.scrollIntoViewIfNeeded();
  const maps = panel.getByRole('img', { name: /^Couplings, 5 channels by 10 classes/ });
  await expect.poll(() => maps.count()).toBe(3);
  await panel.getByText('5 capsules, each looking at the whole image').waitFor();
  expect(await page.locator('.notice').allTextContents()).toEqual([]);
});
