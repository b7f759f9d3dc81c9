import { expect, test } from 'vitest';
import { onDemoPage, ready } from './page';

const demo = onDemoPage();

test('a training whose script cannot be loaded is reported in its panel, and can be started again', async () => {
  const { page } = demo;
  await page.route('**/training.worker*', route => route.abort());
  const train = page.getByRole('button', { name: 'Train', exact: true });
  await train.click();
  await page.locator('#train').getByRole('alert').getByText('could not be loaded').waitFor();
  await page.locator('.training-status[data-status=none]').waitFor();

  await page.unroute('**/training.worker*');
  await page.getByLabel('Images').selectOption('1000');
  await train.click();
  await page.locator('.training-status[data-status=running]').waitFor();
  expect(await page.getByRole('alert').count()).toBe(0);
});

test('a network whose script cannot be loaded is reported', async () => {
  const { page } = demo;
  await page.route('**/inference.worker*', route => route.abort());
  await page.reload();
  await page.locator('.network-status[data-status=failed]').waitFor();
  await page.locator('.notice', { hasText: 'could not be loaded' }).waitFor();
  await page.locator('.verdict').getByText('There is no network to classify it.').waitFor();

  await page.unroute('**/inference.worker*');
  await page.reload();
  await ready(page);
});
