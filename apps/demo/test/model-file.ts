import { type CapsNetOptions, capsNet, encodeNetwork } from '@capsnet/core';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Page } from 'playwright-core';
import { ready } from './page';

/** A network that is loaded, and classifies, in no time. */
export const small: CapsNetOptions = {
  convolutions: [{ filters: 4, kernelSize: 9, strides: 2 }],
  primary: { channels: 4, kernelSize: 5 },
  decoder: null,
};

/** Opens the file of an untrained network, and waits until it is in use. */
export async function openModel(page: Page, options: CapsNetOptions): Promise<void> {
  await tf.setBackend('cpu');
  const net = capsNet(options);
  const file = await encodeNetwork(net);
  net.dispose();
  await page.getByLabel('Open a weights file').setInputFiles({
    name: 'untrained.safetensors',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(file),
  });
  await page.locator('.model option', { hasText: 'untrained.safetensors' }).waitFor({ state: 'attached' });
  await ready(page);
}
