import { listBackends, pickBackend } from '@capsnet/backend';
import { expect, it } from 'vitest';

it('prefers wasm to WebGL in software, unless asked by name', async () => {
  const picked = await pickBackend();
  const webgl = await pickBackend({ prefer: 'webgl' });
  expect(webgl.name).toBe('webgl');
  // The Chromium of these tests renders in software.
  expect(webgl.device).toMatch(/SwiftShader/);
  expect(picked.name).toBe('wasm');
  expect(picked.skipped.map(({ name }) => name)).toEqual(['native', 'webgpu', 'webgl']);
  expect(picked.skipped[2]!.reason).toMatch(/in software/);
});

it('lists every backend, the native one as unavailable', async () => {
  expect(await listBackends()).toContainEqual({ name: 'native', available: false, reason: 'needs Node' });
});
