import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { activationsOf, draw, onDemoPage, ready, seven } from './page';

// In a hall the page comes by plain http from the lecturer's laptop: such a page is not secure, and has neither digests nor locks.
const host = Object.values(networkInterfaces())
  .flat()
  .find(address => address?.family === 'IPv4' && !address.internal)?.address;

describe.skipIf(host === undefined)("at the machine's own address, which it has on a network", () => {
  const demo = onDemoPage({ host: host! });

  test('is not a secure page', async () => {
    expect(
      await demo.page.evaluate(() => [isSecureContext, 'subtle' in crypto, 'locks' in navigator]),
    ).toEqual([false, false, false]);
  });

  test('a drawn digit is read', async () => {
    await draw(demo.page, seven);
    const activations = await activationsOf(demo.page);
    expect(activations.indexOf(Math.max(...activations))).toBe(7);
  });

  test('two tabs have one training, which goes on in the second when the first is closed', async () => {
    const { page: first } = demo;
    await first.getByLabel('Images').selectOption('1000');
    await first.getByLabel('Batch size').selectOption('16');
    const second = await first.context().newPage();
    await second.goto(demo.url);
    await ready(second);
    await first.locator('#train button.primary').click();
    await first.locator('#train .training-status[data-status=running]').waitFor();
    await second.locator('#train .training-status[data-status=elsewhere]').waitFor();
    // A checkpoint
    const step = async () => Number(await first.locator('#train progress').getAttribute('value'));
    await expect.poll(step, { timeout: 240_000 }).toBeGreaterThan(25);
    await first.close();
    await second.locator('#train .training-status[data-status=paused]').waitFor();
    await second.locator('#train button.primary').click();
    await second.locator('#train .training-status[data-status=running]').waitFor();
  });
});
