import { type Candidate, inSoftware, notImported } from '../candidate';

/** The graphics processor through WebGPU. */
export const webgpu: Candidate = {
  name: 'webgpu',
  engineName: 'webgpu',
  async prepare({ asked }) {
    if (typeof navigator === 'undefined' || !navigator.gpu) throw new Error('needs a browser with WebGPU');
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) throw new Error('the browser has no adapter for WebGPU');
    const { vendor, architecture, description } = adapter.info;
    const device = description || [vendor, architecture].filter(Boolean).join(' ') || 'WebGPU';
    if (!asked && (adapter.info.isFallbackAdapter || inSoftware.test(device)))
      throw new Error(`${device} computes in software, slower than wasm; ask for it by name`);
    try {
      await import('@tensorflow/tfjs-backend-webgpu');
    } catch (cause) {
      throw notImported('@tensorflow/tfjs-backend-webgpu', cause);
    }
    return device;
  },
};
