import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Command } from '../contenders/worker';
import { compare } from './compare';

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
const notes = () => readFileSync(join(folder, 'notes'), 'utf8').trim().split('\n');
const rounds = { rounds: 2, steps: 3, warmUp: 2 };

test('contenders take turns, and warm-up is not counted', async () => {
  const { results, missing } = await compare(
    { ours: contender('A', 0.5), other: contender('B', 0.50001) },
    8,
    rounds,
    () => {},
  );
  const warmUp = (name: string) => [`${name} infer 8 1`, `${name} train 8 2`];
  const turns = (what: string) => [`A ${what} 8 3`, `B ${what} 8 3`, `A ${what} 8 3`, `B ${what} 8 3`];
  expect(notes()).toEqual([
    ...warmUp('A'),
    ...warmUp('B'),
    ...turns('train'),
    'A infer 8 1',
    'B infer 8 1',
    ...turns('infer'),
  ]);
  expect(missing).toEqual({});
  expect(results.ours).toEqual({
    versions: { fixture: '1' },
    train: { imagesPerSecond: 16, seconds: 0.5, allSeconds: Array(6).fill(0.5) },
    infer: { imagesPerSecond: 16, seconds: 0.5, allSeconds: Array(6).fill(0.5) },
    timeSpent: { wall: 3, user: 3, system: 0.75 },
    peakBytes: 1000,
    losses: [0.5, 0.5],
    agreement: { loss: 0, lengths: 0, reconstruction: 0, trained: 0 },
  });
  expect(results.other!.agreement.loss).toBeCloseTo(2e-5, 6);
});

test('stops where contenders do not compute the same', async () => {
  const differing = compare({ ours: contender('A', 0.5), other: contender('B', 0.501) }, 8, rounds, () => {});
  await expect(differing).rejects.toThrow(
    'ours and other do not compute the same: expected loss within 0.0001',
  );
});

test('goes on without a contender that cannot take part, and says why', async () => {
  const commands = {
    ours: contender('A', 0.5),
    slow: contender('B', 0.5, 'loading'),
    odd: contender('C', 0.5, 'train'),
    absent: { program: join(folder, 'python'), args: [] },
  };
  const { results, missing } = await compare(commands, 8, rounds, () => {});
  expect(Object.keys(results)).toEqual(['ours']);
  expect(missing).toEqual({
    slow: 'the process ended with exit code 3: no such library',
    odd: 'cannot train',
    absent: expect.stringContaining('cannot be started'),
  });
});

test('does not go on without ours', async () => {
  const commands = { ours: contender('A', 0.5, 'infer'), other: contender('B', 0.5) };
  await expect(compare(commands, 8, rounds, () => {})).rejects.toThrow('cannot infer');
});
