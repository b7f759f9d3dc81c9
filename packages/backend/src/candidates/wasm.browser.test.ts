import { pickBackend } from '@capsnet/backend';
import { expect, it, vi } from 'vitest';

it.each([
  [
    'a file that is none of WebAssembly',
    'data:text/html,<!doctype html>',
    /data:text.*: WebAssembly\.compile\(\): expected magic word/,
  ],
  ['a server that does not answer', 'http://127.0.0.1:9/', /:9\/.*: Failed to fetch; say in wasmPaths/],
])('says why wasm does not start: %s', async (_, address, reason) => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  const error = vi.spyOn(console, 'error').mockReturnValue();
  const files = {
    'tfjs-backend-wasm.wasm': address,
    'tfjs-backend-wasm-simd.wasm': address,
    'tfjs-backend-wasm-threaded-simd.wasm': address,
  };
  await expect(pickBackend({ only: 'wasm', wasmPaths: files })).rejects.toThrow(reason);
  warn.mockRestore();
  error.mockRestore();
});
