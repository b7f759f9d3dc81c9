import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { providePyTorch, pythonOf, pytorchFolder, torchVersion } from './pytorch';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capsnet-bench-test-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('the environment stands in the cache, one for each version', () => {
  expect(pytorchFolder({ XDG_CACHE_HOME: folder })).toBe(join(folder, 'capsnet', `pytorch-${torchVersion}`));
});

test('takes what an earlier run installed', async () => {
  const python = pythonOf(folder);
  mkdirSync(dirname(python), { recursive: true });
  writeFileSync(python, '');
  writeFileSync(join(folder, 'installed'), '');
  const told: string[] = [];
  expect(await providePyTorch(line => told.push(line), folder)).toBe(python);
  expect(told).toEqual([]);
});

test('says why there is none without Python', async () => {
  vi.stubEnv('PATH', folder);
  await expect(providePyTorch(() => {}, join(folder, 'environment'))).rejects.toThrow('needs Python');
});
