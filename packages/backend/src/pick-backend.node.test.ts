import { type BackendName, backendNames, listBackends, pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { notImported } from './candidate';
import { pickFrom } from './pick-backend';

afterEach(() => vi.unstubAllEnvs());

describe('pickBackend', () => {
  it('takes the first that works of those preferred, and says what it skipped and why', async () => {
    const picked = await pickBackend({ prefer: ['webgl', 'wasm'] });
    expect(picked).toEqual({
      name: 'wasm',
      device: expect.stringContaining('WebAssembly'),
      skipped: [{ name: 'webgl', reason: 'needs a browser' }],
    });
    expect(tf.getBackend()).toBe('wasm');
  });

  it('takes the fastest there is when nothing is preferred', async () => {
    const available = (await listBackends()).filter(backend => backend.available);
    expect(await pickBackend()).toMatchObject({ name: available[0]!.name, device: available[0]!.device });
  });

  it('follows CAPSNET_BACKEND, which an option overrules', async () => {
    vi.stubEnv('CAPSNET_BACKEND', 'webgpu, cpu');
    expect(await pickBackend()).toMatchObject({ name: 'cpu', skipped: [{ name: 'webgpu' }] });
    expect(await pickBackend({ prefer: 'wasm' })).toMatchObject({ name: 'wasm', skipped: [] });
  });

  it('takes only the one required, or fails with the reason and keeps the one in use', async () => {
    await pickBackend({ only: 'cpu' });
    await expect(pickBackend({ only: 'webgl' })).rejects.toThrow(
      'backend "webgl" is not available: needs a browser',
    );
    expect(tf.getBackend()).toBe('cpu');
  });

  it.each<[unknown, string]>([
    [{ prefers: 'wasm' }, 'pickBackend: unknown option prefers: did you mean prefer?'],
    ['wasm', 'pickBackend: expected an object with prefer, only, wasmPaths, found "wasm"'],
  ])('refuses options that it does not know: %j', async (options, message) => {
    await expect(pickBackend(options as never)).rejects.toThrow(message);
  });

  it('refuses an unknown name and lists the known ones', async () => {
    await expect(pickBackend({ only: 'tpu' as BackendName })).rejects.toThrow(
      'only: expected one of native, webgpu, webgl, wasm, cpu, found "tpu"',
    );
    await expect(pickBackend({ prefer: ['wasm', 'gpu' as BackendName] })).rejects.toThrow('found "gpu"');
    vi.stubEnv('CAPSNET_BACKEND', 'cuda');
    await expect(pickBackend()).rejects.toThrow('CAPSNET_BACKEND: expected one of');
  });

  it('skips a package that is not installed, and goes back when a backend does not start', async () => {
    await pickBackend({ only: 'cpu' });
    const absent = 'a-package-that-is-not-installed';
    tf.registerBackend('never', () => Promise.reject(new Error('no device')));
    const candidate = { name: 'webgpu', engineName: 'never', prepare: async () => 'a device' } as const;
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    await expect(pickFrom([candidate], { only: 'webgpu' })).rejects.toThrow('its start failed');
    warn.mockRestore();
    expect(tf.getBackend()).toBe('cpu');
    const cause = await import(/* @vite-ignore */ absent).catch(error => error);
    expect(notImported(absent, cause).message).toMatch(/is not installed|cannot be/);
  });
});

describe('listBackends', () => {
  it('gives every backend its state and leaves the one in use', async () => {
    await pickBackend({ only: 'cpu' });
    const listed = listBackends();
    expect(tf.getBackend()).toBe('cpu');
    const states = await listed;
    expect(tf.getBackend()).toBe('cpu');
    expect(states.map(({ name }) => name)).toEqual(backendNames);
    expect(states).toContainEqual({ name: 'cpu', available: true, device: 'JavaScript' });
    expect(states).toContainEqual({
      name: 'webgpu',
      available: false,
      reason: 'needs a browser with WebGPU',
    });
  });
});
