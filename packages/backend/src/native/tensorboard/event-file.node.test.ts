import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSummaryWriter, listBackends, pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

it('writes an event file on the native backend', async context => {
  const native = (await listBackends()).find(({ name }) => name === 'native')!;
  if (!native.available) return context.skip(native.reason);
  await pickBackend({ only: 'native' });
  const folder = await mkdtemp(join(tmpdir(), 'capsnet-events-'));
  const writer = await createSummaryWriter(folder);
  writer!.scalar('loss', 0.5, 1);
  writer!.histogram('weights', tf.range(0, 100), 1);
  writer!.histogram('biases', tf.zeros([16]), 1);
  writer!.flush();
  const [file] = await readdir(folder);
  expect(file).toMatch(/tfevents/);
  const content = await readFile(join(folder, file!), 'latin1');
  expect(content).toContain('loss');
  expect(content).toContain('weights');
  expect(content).toContain('biases');
  await rm(folder, { recursive: true });
});

it('is not there on another backend', async () => {
  await pickBackend({ only: 'cpu' });
  expect(await createSummaryWriter('nowhere')).toBeUndefined();
});
