import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Command } from '../contenders/worker';
import { measureLatency } from './latency';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capsnet-bench-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const script = fileURLToPath(new URL('../../test/contender.mjs', import.meta.url));
const contender = (name: string, score: number, fails?: string): Command => ({
  program: process.execPath,
  args: [script, name, String(score), join(folder, 'notes'), ...(fails ? [fails] : [])],
});
const calls = { rounds: 2, calls: 3, warmUp: 1 };

test('contenders classify one image in turns, and warm-up is not counted', async () => {
  const commands = { native: contender('A', 0.5), torchEager: contender('B', 0.50001) };
  const { results, missing } = await measureLatency(commands, calls, () => {});
  const notes = readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n');
  const turns = ['A classify 1 3', 'B classify 1 3'];
  expect(notes).toEqual(['A classify 1 1', 'B classify 1 1', ...turns, ...turns]);
  expect(missing).toEqual({});
  expect(results.native).toEqual({ median: 0.5, p95: 1, allSeconds: [0.5, 0.5, 1, 0.5, 0.5, 1] });
  expect(results.torchEager!.median).toBe(0.50001);
});

test('stops where contenders find another class, or the class less active', async () => {
  const other = { native: contender('A', 0.5), torchEager: contender('B', 0.5, 'class') };
  await expect(measureLatency(other, calls, () => {})).rejects.toThrow(
    'native and torchEager do not compute the same: expected class 3 with 0.5, found 4 with 0.5',
  );
  const less = { native: contender('A', 0.5), torchEager: contender('B', 0.499) };
  await expect(measureLatency(less, calls, () => {})).rejects.toThrow('found 3 with 0.499');
});

test('goes on without a contender that cannot take part, and says why', async () => {
  const commands = { native: contender('A', 0.5, 'classify'), wasm: contender('B', 0.5) };
  const { results, missing } = await measureLatency(commands, calls, () => {});
  expect(Object.keys(results)).toEqual(['wasm']);
  expect(missing).toEqual({ native: 'cannot classify' });
});
