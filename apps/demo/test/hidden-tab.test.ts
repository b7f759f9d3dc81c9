import type { Browser } from 'playwright-core';
import { expect, test } from 'vitest';
import { onDemoPage } from './page';

const demo = onDemoPage();

test.each(['wasm', 'webgl'])('training goes on while the tab is hidden, on %s', async backend => {
  const tab = await openTab(demo.page.context().browser()!, demo.url);
  const step = async () =>
    Number(/step ([\d,]+)/.exec(await tab.evaluate<string>(`${status}?.textContent`))?.[1] ?? 0);
  try {
    const canChoose = () => tab.evaluate(`document.querySelector('.backend input:enabled') !== null`);
    await expect.poll(canChoose, { timeout: 60_000 }).toBe(true);
    await tab.evaluate(`(${choose})(${JSON.stringify(backend)})`);
    const inUse = () => tab.evaluate(`document.querySelector('.network-status').textContent`);
    await expect.poll(inUse, { timeout: 60_000 }).toBe(backend);
    await tab.evaluate(`(${train})()`);
    await expect.poll(step, { timeout: 240_000 }).toBeGreaterThan(0);

    await tab.hide();
    await expect.poll(() => tab.evaluate('document.visibilityState')).toBe('hidden');
    const hiddenAt = await step();
    await expect.poll(step, { timeout: 240_000 }).toBeGreaterThan(hiddenAt + 15);
    expect(await tab.evaluate('document.visibilityState')).toBe('hidden');
  } finally {
    await tab.close();
  }
});

const status = `document.querySelector('.training-status')`;

/** Chooses a backend. Runs in the page. */
function choose(backend: string) {
  const labels = [...document.querySelectorAll('.backend')];
  labels
    .find(label => label.textContent?.startsWith(backend))!
    .querySelector('input')!
    .click();
}

/** Begins a small training. Runs in the page. */
function train() {
  const labels = [...document.querySelectorAll('.settings label')];
  for (const [name, value] of [
    ['Images', '1000'],
    ['Batch size', '16'],
  ] as const) {
    const select = labels.find(label => label.textContent?.startsWith(name))!.querySelector('select')!;
    select.value = value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  }
  document.querySelector<HTMLButtonElement>('#train button.primary')!.click();
}

/**
 * A tab that can be hidden by another one in front of it. Playwright has every page of its own believe that it is in
 * front, so this one is opened and asked beside it.
 */
async function openTab(browser: Browser, url: string) {
  const session = await browser.newBrowserCDPSession();
  const { browserContextId } = await session.send('Target.createBrowserContext');
  const { targetId } = await session.send('Target.createTarget', { url, browserContextId });
  const { sessionId } = await session.send('Target.attachToTarget', { targetId });
  const answers = new Map<number, (message: { result: { result: { value?: unknown } } }) => void>();
  session.on('Target.receivedMessageFromTarget', ({ message }) => {
    const answer = JSON.parse(message);
    answers.get(answer.id)?.(answer);
  });
  let asked = 0;
  return {
    async evaluate<T>(expression: string): Promise<T> {
      const id = ++asked;
      const answer = new Promise<{ result: { result: { value?: unknown } } }>(resolve =>
        answers.set(id, resolve),
      );
      const params = { expression, returnByValue: true };
      const message = JSON.stringify({ id, method: 'Runtime.evaluate', params });
      await session.send('Target.sendMessageToTarget', { sessionId, message });
      return (await answer).result.result.value as T;
    },
    /** Opens another tab in front of it. */
    hide: () => session.send('Target.createTarget', { url: 'about:blank', browserContextId }),
    close: () => session.send('Target.disposeBrowserContext', { browserContextId }),
  };
}
