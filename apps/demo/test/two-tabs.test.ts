import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { onDemoPage, ready } from './page';

const demo = onDemoPage();

test('two tabs have one training: the other one shows that it is elsewhere, and goes on with it once it is free', async () => {
  const { page: first } = demo;
  await smallTraining(first);
  const second = await openTab();
  await button(first, 'Train').click();
  await status(first, 'running').waitFor();
  await status(second, 'elsewhere').waitFor();
  expect(await buttons(second)).toEqual([]);
  expect(await second.getByLabel('Images').isDisabled()).toBe(true);
  // A tab that is opened now sees it too.
  const third = await openTab();
  await status(third, 'elsewhere').waitFor();
  await third.close();

  await button(first, 'Pause').click();
  await status(second, 'paused').waitFor();
  const paused = await step(first);
  expect(paused).toBeGreaterThan(0);
  expect(await step(second)).toBe(paused);
  expect(await second.getByLabel('Images').inputValue()).toBe('1000');

  await button(second, 'Continue').click();
  await status(first, 'elsewhere').waitFor();
  await expect.poll(() => step(second), { timeout: 240_000 }).toBeGreaterThan(paused);
  await button(second, 'Stop').click();
  await status(second, 'over').waitFor();
  await status(first, 'over').waitFor();
  expect(await step(first)).toBe(await step(second));
});

test('the training of a tab that is closed goes on in another one, from its last checkpoint', async () => {
  const { page: first } = demo;
  const second = await openTab();
  await smallTraining(second);
  await button(second, 'Train').click();
  // A checkpoint, and steps after it.
  await expect.poll(() => step(second), { timeout: 240_000 }).toBeGreaterThan(26);
  await second.close();
  await status(first, 'paused').waitFor();
  const resumed = await step(first);
  expect(resumed).toBeGreaterThan(0);
  expect(resumed % 25).toBe(0);
  await button(first, 'Continue').click();
  await expect.poll(() => step(first), { timeout: 240_000 }).toBeGreaterThan(resumed);
  expect(await first.getByRole('alert').count()).toBe(0);
});

test('of two tabs that start at the same moment, one trains', async () => {
  const { page: first } = demo;
  await smallTraining(first);
  const second = await openTab();
  await smallTraining(second);
  // The faster one may have taken the button away from the other.
  const train = () => document.querySelector<HTMLButtonElement>('#train button.primary')?.click();
  await Promise.all([first.evaluate(train), second.evaluate(train)]);
  const statuses = async () => {
    const found = await Promise.all(
      [first, second].map(page => page.locator('.training-status').getAttribute('data-status')),
    );
    return found.sort();
  };
  await expect.poll(statuses, { timeout: 240_000 }).toEqual(['elsewhere', 'running']);
});

test('a tab that missed what another one does neither trains beside it nor deletes what it trained', async () => {
  const { page: first } = demo;
  const [during, after] = [await openTab(missEverything), await openTab(missEverything)];
  await smallTraining(first);
  await button(first, 'Train').click();
  await expect.poll(() => step(first), { timeout: 240_000 }).toBeGreaterThan(0);
  await button(during, 'Train').click();
  await status(during, 'elsewhere').waitFor();
  await button(first, 'Pause').click();
  await status(first, 'paused').waitFor();
  const paused = await step(first);
  await status(during, 'paused').waitFor();
  expect(await step(during)).toBe(paused);

  await status(after, 'none').waitFor();
  await button(after, 'Train').click();
  await status(after, 'paused').waitFor();
  expect(await step(after)).toBe(paused);
  await button(first, 'Continue').click();
  await expect.poll(() => step(first), { timeout: 240_000 }).toBeGreaterThan(paused);
  await button(first, 'Pause').click();
  await status(first, 'paused').waitFor();
  const further = await step(first);
  // It goes on from there, not from where it last saw the training.
  await button(during, 'Continue').click();
  await expect.poll(() => step(during), { timeout: 240_000 }).toBeGreaterThan(further);
});

/** No message of another tab comes in. Runs in the page. */
function missEverything() {
  globalThis.BroadcastChannel = class extends EventTarget {
    postMessage() {}
  } as unknown as typeof BroadcastChannel;
}

async function openTab(script?: () => void): Promise<Page> {
  const page = await demo.page.context().newPage();
  if (script) await page.addInitScript(script);
  await page.goto(demo.url);
  await ready(page);
  return page;
}

async function smallTraining(page: Page): Promise<void> {
  await page.getByLabel('Images').selectOption('1000');
  await page.getByLabel('Batch size').selectOption('16');
}

function button(page: Page, name: string) {
  return page.locator('#train').getByRole('button', { name, exact: true });
}

/** Those that do something with the training. */
function buttons(page: Page): Promise<string[]> {
  return page.locator('.controls button').allTextContents();
}

function status(page: Page, name: string) {
  return page.locator(`.training-status[data-status=${name}]`);
}

async function step(page: Page): Promise<number> {
  return Number(await page.locator('#train progress').getAttribute('value'));
}
