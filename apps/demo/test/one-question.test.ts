import { expect, test } from 'vitest';
import { openModel, small } from './model-file';
import { activationsOf, draw, onDemoPage, seven, useBackend } from './page';

const demo = onDemoPage();

// On WebGL a measurement lets other messages in, between its batches.
test('the weights of a network whose speed is being measured stay until that is done', async () => {
  const { page } = demo;
  await useBackend(page, 'webgl');
  // So that there are many batches.
  await openModel(page, small);
  await page.getByRole('button', { name: 'Measure the speed' }).click();
  await page.getByRole('button', { name: 'Measuring …' }).waitFor();
  await openModel(page, small);
  await page.getByText(/webgl: [1-9]\d* images\/s/).waitFor();
  expect(await page.locator('.notice').allTextContents()).toEqual([]);
});

test('while a network that is trained here takes the place of the one before, what the decoder draws is never blank', async () => {
  const { page } = demo;
  await draw(page, seven);
  await activationsOf(page);
  await page.locator('.perturbed[aria-busy=false]').waitFor();
  const canvas = await page.getByRole('img', { name: 'What the decoder draws' }).elementHandle();
  const ink = await canvas!.evaluateHandle(recordInk);
  await page.getByLabel('Images').selectOption('1000');
  await page.getByLabel('Batch size').selectOption('16');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  // Of two checkpoints at least.
  await expect.poll(() => ink.evaluate(drawn => drawn.length), { timeout: 240_000 }).toBeGreaterThan(1);
  expect(await ink.jsonValue()).not.toContain(0);
  expect(await canvas!.evaluate(element => element.isConnected)).toBe(true);
  expect(await page.locator('.notice').allTextContents()).toEqual([]);
});

/** How much ink there is whenever the canvas has been drawn anew, from now on. Runs in the page. */
function recordInk(element: Element): number[] {
  const canvas = element as HTMLCanvasElement;
  const context = canvas.getContext('2d')!;
  const drawn: number[] = [];
  const { clearRect } = context;
  context.clearRect = (...rectangle) => {
    clearRect.apply(context, rectangle);
    // What is drawn in its place is drawn at once.
    queueMicrotask(() => {
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      drawn.push(data.reduce((sum, value, at) => (at % 4 === 3 ? sum + value : sum), 0));
    });
  };
  return drawn;
}
