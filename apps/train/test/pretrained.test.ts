import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { capsnet, jsonLines } from './command-line';

const folder = mkdtempSync(join(tmpdir(), 'capsnet-pretrained-'));
afterAll(() => rmSync(folder, { recursive: true }));

const efficient = ['--pretrained', 'efficient-capsnet-mnist', '--backend', 'wasm', '--json'];

it('measures a published network on test images, where there are no runs', async () => {
  const { stdout, stderr, code } = await capsnet(['evaluate', ...efficient, '--limit', '200'], {
    cwd: folder,
  });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const [result] = jsonLines(stdout);
  expect(result).toMatchObject({ model: 'efficient-capsnet-mnist', split: 'test', images: 200 });
  expect(result!.error).toBeLessThanOrEqual(0.01);
});

it('draws what the decoder of a published network makes of test images', async () => {
  const { code } = await capsnet(['reconstruct', ...efficient, '--count', '3'], { cwd: folder });
  expect(code).toBe(0);
  expect(existsSync(join(folder, 'reconstructions.png'))).toBe(true);
});

it.each([
  [['--pretrained', 'capsnet-mnsit'], 'Allowed choices are capsnet-mnist, '],
  [['--pretrained', 'capsnet-mnist', '--run', 'night'], 'cannot be used with option'],
  [['--pretrained', 'capsnet-mnist', '--model', 'a.safetensors'], 'cannot be used with option'],
])('refuses %s', async (args, message) => {
  const { stderr, code } = await capsnet(['evaluate', ...args], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
