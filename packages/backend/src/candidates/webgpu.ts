import { type Candidate, optional } from '../candidate';

/** The graphics processor through WebGPU. */
export const webgpu: Candidate = {
  name: 'webgpu',
  engineName: 'webgpu',
  async prepare() {
    if (typeof navigator === 'undefined' || !navigator.gpu) throw new Error('needs a browser with WebGPU');
    const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (!adapter) throw new Error('the browser has no adapter for WebGPU');
    await optional('@tensorflow/tfjs-backend-webgpu', () => import('@tensorflow/tfjs-backend-webgpu'));
    const { vendor, architecture, description } = adapter.info;
    return description || [vendor, architecture].filter(Boolean).join(' ') || 'WebGPU';
  },
};
