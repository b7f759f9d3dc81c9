import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeSafetensors } from '@capsnet/safetensors';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { packRun, unpackRun } from './run-archive';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capsnet-archive-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (names: readonly string[]) => {
  for (const name of names) {
    const file = join(folder, 'run', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `this is ${name}`);
  }
};
const filesOf = (path: string) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(path.length + 1))
    .sort();

const checkpoints = [
  'checkpoints/step-00000005/state.json',
  'checkpoints/step-00000010/state.json',
  'checkpoints/step-100000000/state.json',
  'checkpoints/best-00000005/weights.safetensors',
];
const others = [
  '.lock',
  'tensorboard/events.out.tfevents.1',
  'checkpoints/.unfinished-1/state.json',
  'notes.txt',
];

it('an unfinished run goes with its newest and its best checkpoint', async () => {
  write(['config.json', 'metrics.jsonl', ...checkpoints, ...others]);
  await unpackRun(await packRun(join(folder, 'run')), join(folder, 'again'));
  expect(filesOf(join(folder, 'again'))).toEqual([
    'checkpoints/best-00000005/weights.safetensors',
    'checkpoints/step-100000000/state.json',
    'config.json',
    'metrics.jsonl',
  ]);
  expect(readFileSync(join(folder, 'again/metrics.jsonl'), 'utf8')).toBe('this is metrics.jsonl');
});

it('a finished one goes without', async () => {
  write(['config.json', 'results.json', 'model.safetensors', ...checkpoints, ...others]);
  await unpackRun(await packRun(join(folder, 'run')), join(folder, 'again'));
  expect(filesOf(join(folder, 'again'))).toEqual(['config.json', 'model.safetensors', 'results.json']);
});

it.each([
  '../config.json',
  '/etc/passwd',
  'checkpoints/step-00000001/../../../x.json',
  '.lock',
  'x.js',
  '__proto__',
])('a file named %s is refused, and nothing is written', async name => {
  const bytes = encodeSafetensors({
    'config.json': { dtype: 'U8', shape: [1], data: Uint8Array.of(1) },
    [name]: { dtype: 'U8', shape: [1], data: Uint8Array.of(1) },
  });
  await expect(unpackRun(bytes, join(folder, 'run'))).rejects.toThrow(
    'expected files of a run folder, found',
  );
  expect(readdirSync(folder)).toEqual([]);
});
