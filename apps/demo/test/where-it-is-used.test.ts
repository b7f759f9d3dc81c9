import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium as chromiumPath } from '@capsnet/testing/machine';
import { chromium, type Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { activationsOf, chromiumArguments, draw, onDemoPage, ready, seven, useBackend } from './page';

const demo = onDemoPage();

describe('a network', () => {
  test('is waited for, in words, while something is drawn', async () => {
    const { page } = demo;
    let arrive = () => {};
    const later = new Promise<void>(resolve => {
      arrive = resolve;
    });
    await page.route('**/*.safetensors', async route => {
      await later;
      await route.continue();
    });
    await page.reload();
    await draw(page, seven);
    await page.locator('.verdict').getByText('Waiting for the network').waitFor();
    await page.locator('#perturb').getByText('Waiting for the network').waitFor();
    arrive();
    await page.locator('#winner').waitFor();
  });

  test('answers until another backend is ready, also while somebody draws', async () => {
    const { page } = demo;
    await draw(page, seven);
    await activationsOf(page);
    await page.getByRole('radio', { name: /^cpu / }).click();
    for (let at = 0; at < 8; at++) {
      await draw(page, [
        [
          [0.3, 0.5],
          [0.3 + 0.05 * at, 0.6],
        ],
      ]);
      await page.getByRole('button', { name: 'Undo' }).first().click();
    }
    await page.locator('.network-status[data-status=ready]', { hasText: 'cpu' }).waitFor();
    expect(await activationsOf(page)).toHaveLength(10);
    expect(await page.locator('.notice').allTextContents()).toEqual([]);
  });

  test('stays where another backend cannot be started, since the page is offline', async () => {
    const { page } = demo;
    await draw(page, seven);
    const before = await activationsOf(page);
    await page.context().setOffline(true);
    await page.getByRole('radio', { name: /^cpu / }).click();
    await page.getByText(/ wasm stays in use\./).waitFor();
    await ready(page);
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await draw(page, seven);
    const after = await activationsOf(page);
    for (const [label, length] of after.entries()) expect(length).toBeCloseTo(before[label]!, 3);
    await page.context().setOffline(false);
    demo.expectComplaints(/ERR_INTERNET_DISCONNECTED/);
    await useBackend(page, 'cpu');
  });

  test('of a file that is none is refused by the name of the file', async () => {
    const { page } = demo;
    const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
    await page
      .getByLabel('Open a weights file')
      .setInputFiles({ name: 'picture.png', mimeType: 'image/png', buffer: png });
    await page.getByText('picture.png is no weights file of capsnet').waitFor();
  });

  test('is not started for ever where a browser makes no workers of modules', async () => {
    const { page } = demo;
    await page.addInitScript(() => {
      Object.assign(globalThis, {
        Worker: class {
          constructor() {
            throw new TypeError('Module scripts are not supported on DedicatedWorker yet.');
          }
        },
      });
    });
    await page.reload();
    await page.locator('.network-status[data-status=failed]').waitFor();
    await page.getByText('this browser starts no worker of modules').waitFor();
  });
});

test('a visit remembers the theme, the network and the drawing of the one before', async () => {
  const { page } = demo;
  await draw(page, seven);
  await page.locator('.model select').selectOption('efficient-capsnet-mnist');
  await page.getByRole('button', { name: 'Dark', exact: true }).click();
  await ready(page);
  const before = await activationsOf(page);
  await page.reload();
  await ready(page);
  expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  expect(await page.locator('.model select').inputValue()).toBe('efficient-capsnet-mnist');
  await page.locator('#winner').waitFor();
  expect(await activationsOf(page)).toEqual(before.map(length => expect.closeTo(length, 4)));
});

test('what the panels say fits the network that is chosen', async () => {
  const { page } = demo;
  const words = page.locator('#routing .explanation');
  await words.getByText('in the next iteration').waitFor();
  await page.locator('.model select').selectOption('efficient-capsnet-mnist');
  await words.getByText('There is one pass').waitFor();
  expect(await words.getByText('in the next iteration').count()).toBe(0);
});

test('sliders and sheet begin anew with another digit', async () => {
  const { page } = demo;
  await draw(page, seven);
  await page.locator('#winner').waitFor();
  await activationsOf(page);
  await page.getByRole('button', { name: /make the sheet/i }).click();
  await page.locator('.sheet figure').waitFor();
  const capsule = page.locator('.perturbed select');
  await capsule.selectOption('3');
  await page.locator('.sheet figure').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'or pick one from the test set' }).first().click();
  await page.locator('#draw .thumbnail').nth(4).click();
  await expect.poll(() => capsule.inputValue()).toBe('4');
});

test('on a phone, the answer is in the corner of the paper', async () => {
  const { page } = demo;
  await page.setViewportSize({ width: 390, height: 844 });
  await draw(page, seven);
  const corner = page.locator('#draw .corner');
  await expect.poll(() => corner.textContent()).toBe('7');
  expect(await corner.isVisible()).toBe(true);
  await page.setViewportSize({ width: 1280, height: 900 });
  expect(await corner.isVisible()).toBe(false);
});

describe('where the browser stores nothing', () => {
  async function trains(page: Page): Promise<void> {
    await page.getByLabel('Images').selectOption('1000');
    await page.getByLabel('Batch size').selectOption('16');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await expect.poll(() => step(page), { timeout: 240_000 }).toBeGreaterThan(2);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.locator('.training-status[data-status=paused]').waitFor();
    await page.locator('.unstored').waitFor();
    const paused = await step(page);
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect.poll(() => step(page), { timeout: 240_000 }).toBeGreaterThan(paused);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('.training-status[data-status=over]').waitFor();
    expect(await page.getByRole('button', { name: 'Download the weights' }).isEnabled()).toBe(true);
    // What was trained is not replaced without a question.
    await page.getByRole('button', { name: 'Train another' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Train another' }).click();
    await page.getByRole('button', { name: 'Replace it' }).click();
    await page.locator('.training-status[data-status=running]').waitFor();
    expect(await page.locator('.notice[role=alert]').allTextContents()).toEqual([]);
  }

  test('since it is full, a training goes on and says so', async () => {
    const { page, url } = demo;
    const session = await page.context().newCDPSession(page);
    await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(url).origin, quotaSize: 1 });
    await trains(page);
  });

  test('since it is denied, a training goes on and says so', async () => {
    const profile = mkdtempSync(join(tmpdir(), 'capsnet-demo-profile-'));
    mkdirSync(join(profile, 'Default'));
    const denied = { profile: { default_content_setting_values: { cookies: 2 } } };
    writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(denied));
    const options = { executablePath: chromiumPath()!, args: chromiumArguments };
    const context = await chromium.launchPersistentContext(profile, options);
    onTestFinished(async () => {
      await context.close();
      rmSync(profile, { recursive: true });
    });
    context.setDefaultTimeout(240_000);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', error => errors.push(error.message));
    await page.goto(demo.url);
    await ready(page);
    await trains(page);
    expect(errors).toEqual([]);
  });
});

async function step(page: Page): Promise<number> {
  const text = (await page.locator('.training-status').textContent()) ?? '';
  return Number(/step ([\d,]+)/.exec(text)?.[1]?.replace(',', '') ?? Number.NaN);
}
