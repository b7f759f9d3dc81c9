import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Command } from '../contenders/worker';
import { measureTimeToAccuracy } from './time-to-accuracy';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capsnet-bench-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const script = fileURLToPath(new URL('../../test/contender.mjs', import.meta.url));
const contender = (name: string, loss: number, fails?: string): Command => ({
  program: process.execPath,
  args: [script, name, String(loss), join(folder, 'notes'), ...(fails ? [fails] : [])],
});
const learn = (commands: Record<string, Command>, steps: number) =>
  measureTimeToAccuracy(commands, { steps, interval: 2 }, 'in words', () => {});

test('contenders learn in turns until all targets are reached, and the seconds of their steps are counted', async () => {
  // 98 %, 98.8 %, 99.6 %: both targets in the third measurement, of a course of seven steps.
  const { results, recipe } = await learn({ ours: contender('A', 0.8), torchEager: contender('B', 0.8) }, 7);
  const notes = readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n');
  expect(notes).toEqual(Array(3).fill(['A learn 2', 'B learn 2']).flat());
  expect(recipe).toBe('in words');
  expect(results.ours!.secondsTo.map(seconds => seconds?.toFixed(1))).toEqual(['4.8', '4.8']);
  expect(results.torchEager!.measured.map(({ step }) => step)).toEqual([2, 4, 6]);
});

test('a target that the course does not reach has no seconds, and its last turn may be shorter', async () => {
  const { results } = await learn({ ours: contender('A', 0.5) }, 5);
  expect(results.ours!.measured.map(({ step, accuracy }) => [step, accuracy.toFixed(3)])).toEqual([
    [2, '0.980'],
    [4, '0.985'],
    [5, '0.990'],
  ]);
  expect(results.ours!.secondsTo).toEqual([2.5, null]);
});

test('stops where contenders do not begin with the same loss', async () => {
  const differing = learn({ ours: contender('A', 0.5), torchEager: contender('B', 0.51) }, 7);
  await expect(differing).rejects.toThrow(
    'ours and torchEager do not learn the same: expected a first loss of 0.5, found 0.51',
  );
});

test('goes on without PyTorch, and not without ours', async () => {
  const { results, missing } = await learn(
    { ours: contender('A', 0.5), torchEager: contender('B', 0.5, 'loading') },
    3,
  );
  expect(Object.keys(results)).toEqual(['ours']);
  expect(missing.torchEager).toContain('no such library');
  await expect(learn({ ours: contender('A', 0.5, 'loading') }, 3)).rejects.toThrow('no such library');
});
