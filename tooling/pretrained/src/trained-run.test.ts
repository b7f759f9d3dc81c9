import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTrainedRun } from './trained-run';

const config = {
  data: { folder: null, shift: 2, limit: null, validation: 5000, all: true },
  training: { batchSize: 32, seed: 1 },
};

const results = {
  test: { images: 10_000, accuracy: 0.996, error: 0.004, loss: 0.01, mistakes: 40 },
  epochs: 25,
  steps: 46_875,
  stopped: 'finished',
  command: 'capsnet experiment experiments/any.json --runs elsewhere',
  seed: { model: 1, training: 1 },
  commit: 'b96cda4',
  date: '2026-11-26T12:00:00.000Z',
  backend: { name: 'native', device: 'any' },
  versions: {},
  parameters: 161_824,
  seconds: 5_000,
  imagesPerSecond: 300,
  peakMemory: 2 ** 30,
};

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capsnet-trained-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function runOf(changed: { config?: object; results?: object }) {
  await writeFile(join(folder, 'model.safetensors'), '');
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, ...changed.config }));
  await writeFile(join(folder, 'results.json'), JSON.stringify({ ...results, ...changed.results }));
  return readTrainedRun(folder);
}

it('tells the command without the folder of one machine', async () => {
  const run = await runOf({});
  expect(run.results).toMatchObject({
    command: 'capsnet experiment experiments/any.json',
    commit: 'b96cda4',
  });
});

it.each([undefined, 'b96cda4-dirty', 'b96cda4, unknown'])('refuses what %s has trained', async commit => {
  await expect(runOf({ results: { commit } })).rejects.toThrow(
    `expected a run that was trained at a commit without changes, found ${commit ?? 'one outside a repository'}`,
  );
});

it('has the whole configuration, whatever the version that wrote it knew of it', async () => {
  const { config } = await runOf({});
  expect(config.data).toMatchObject({ set: 'mnist', digits: 1, size: null, test: 'plain', shift: 2 });
});

it('refuses other images than those of MNIST', async () => {
  await expect(runOf({ config: { data: { ...config.data, folder: 'letters' } } })).rejects.toThrow(
    'expected MNIST itself',
  );
});
