import { listBackends, pickBackend } from '@capsnet/backend';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';

// In a process of its own: once wasm has started, nobody asks for its files again.
it('takes right paths after wrong ones, and leaves them alone when backends are listed', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  await expect(pickBackend({ only: 'wasm', wasmPaths: '/nowhere/' })).rejects.toThrow(
    /its start failed with the file \/nowhere\/tfjs-backend-wasm(-threaded)?-simd\.wasm; say in wasmPaths where/,
  );
  const files = {
    'tfjs-backend-wasm.wasm': '/a',
    'tfjs-backend-wasm-simd.wasm': '/b',
    'tfjs-backend-wasm-threaded-simd.wasm': '/c',
  };
  await expect(pickBackend({ only: 'wasm', wasmPaths: files })).rejects.toThrow(
    /its start failed with the file \/[bc];/,
  );
  expect(await listBackends()).toContainEqual(expect.objectContaining({ name: 'wasm', available: true }));
  // The paths are still the caller's.
  expect(await tf.setBackend('wasm')).toBe(false);
  warn.mockRestore();
  expect(await pickBackend({ only: 'wasm' })).toMatchObject({ name: 'wasm' });
  expect((await tf.add(1, 2).data())[0]).toBe(3);
});
