import { afterEach, expect, test, vi } from 'vitest';
import { webgpu } from './webgpu';

afterEach(() => vi.unstubAllGlobals());

// Node has no WebGPU; Deno has one that may compute on the processor.
test.each([
  { description: 'llvmpipe (LLVM 15.0.7, 256 bits)' },
  { description: '', vendor: 'google', architecture: 'swiftshader' },
  { description: 'Some adapter', isFallbackAdapter: true },
])('an adapter in software is left to who asks for it: %o', async info => {
  vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => ({ info }) } });
  await expect(webgpu.prepare({ asked: false })).rejects.toThrow('computes in software, slower than wasm');
});
