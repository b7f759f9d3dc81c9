import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { onDemoPage, ready } from './page';

const demo = onDemoPage();

test('a small network learns while the page answers; it goes on after a reload; the command line reads its file', async () => {
  const { page } = demo;
  await page.getByLabel('Images').selectOption('1000');
  await page.getByLabel('Batch size').selectOption('16');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.locator('.training-status[data-status=running]').waitFor();

  const began = await page.evaluate(() => performance.now());
  // It learns ...
  await stepsBeyond(1);
  const first = await loss();
  await stepsBeyond(30);
  expect(await loss()).toBeLessThan(first);
  // ... while clicks are answered: a page that trained itself would have a long task for each of the steps, where a busy machine
  // lets it wait a few times.
  for (const name of ['Dark', 'Light', 'Dark', 'Light']) {
    await page.getByRole('button', { name, exact: true }).click();
  }
  const slow = (await longTasks(began)).filter(milliseconds => milliseconds > 200);
  expect(slow.length, slow.join(', ')).toBeLessThan(15);

  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('.training-status[data-status=paused]').waitFor();
  const paused = await step();

  await page.reload();
  await ready(page);
  await page.locator('.training-status[data-status=paused]').waitFor();
  expect(await step()).toBe(paused);
  await page.getByRole('button', { name: 'Continue' }).click();
  await stepsBeyond(paused + 5);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.locator('.training-status[data-status=over]').waitFor();

  // The panels use it.
  await expect.poll(() => page.locator('.model select').inputValue()).toBe('trained here');
  await ready(page);
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the weights' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('capsnet.safetensors');
  const model = await file.path();
  const result = evaluate(model);
  expect(result.images).toBe(200);
  expect(result.accuracy).toBeGreaterThan(0.2);

  // And the page reads what the command line does.
  await page.getByLabel('Open a weights file').setInputFiles({
    name: 'again.safetensors',
    mimeType: 'application/octet-stream',
    buffer: (await import('node:fs')).readFileSync(model),
  });
  await page.locator('.model option', { hasText: 'again.safetensors' }).waitFor({ state: 'attached' });
  await ready(page);
});

test('a training whose WebGL context is lost goes on from its last checkpoint', async () => {
  const { page } = demo;
  await page.getByRole('radio', { name: /^webgl / }).click();
  await page.locator('.network-status[data-status=ready]', { hasText: 'webgl' }).waitFor();
  await page.getByLabel('use this network in the panels above').uncheck();
  await page.getByLabel('Images').selectOption('1000');
  await page.getByLabel('Batch size').selectOption('16');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await stepsBeyond(0);
  // A pause writes a checkpoint.
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.locator('.training-status[data-status=paused]').waitFor();
  const saved = await step();
  await page.getByRole('button', { name: 'Continue' }).click();
  await stepsBeyond(saved);
  await page.getByRole('button', { name: 'Lose the WebGL context' }).click();
  await page.getByText('It goes on from the last checkpoint').waitFor();
  await page.locator('.training-status[data-status=running]').waitFor();
  await stepsBeyond(saved);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.locator('.training-status[data-status=over]').waitFor();
});

test('a file that is no model file is refused, and the network stays', async () => {
  const { page } = demo;
  await page.getByLabel('Open a weights file').setInputFiles({
    name: 'not-a-model.safetensors',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('not a model'),
  });
  await page.locator('.notice').waitFor();
  await ready(page);
});

async function step(): Promise<number> {
  const text = (await demo.page.locator('.training-status').textContent()) ?? '';
  return Number(/step ([\d,]+)/.exec(text)?.[1]?.replace(',', '') ?? Number.NaN);
}

function stepsBeyond(count: number) {
  return expect.poll(step, { timeout: 240_000 }).toBeGreaterThan(count);
}

async function loss(): Promise<number> {
  return Number(await demo.page.locator('.curve').first().getAttribute('data-last'));
}

/** How many milliseconds each of the page's tasks took since a time, of those that took more than 50. */
function longTasks(since: number): Promise<number[]> {
  return demo.page.evaluate(from => {
    const observer = new PerformanceObserver(() => {});
    observer.observe({ type: 'longtask', buffered: true });
    const tasks = observer.takeRecords().filter(({ startTime }) => startTime >= from);
    return tasks.map(({ duration }) => duration);
  }, since);
}

/** `capsnet evaluate`, as a process. */
function evaluate(model: string): { images: number; accuracy: number } {
  const train = dirname(createRequire(import.meta.url).resolve('@capsnet/train/package.json'));
  const args = ['evaluate', '--model', model, '--limit', '200', '--backend', 'wasm', '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(train, 'bin/capsnet.js'), ...args], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}
