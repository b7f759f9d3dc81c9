import * as tf from '@tensorflow/tfjs-core';
import { type Candidate, inSoftware, notImported } from '../candidate';

/** The graphics processor through WebGL shaders. */
export const webgl: Candidate = {
  name: 'webgl',
  engineName: 'webgl',
  async prepare({ asked }) {
    const device = renderer(asked);
    try {
      await import('@tensorflow/tfjs-backend-webgl');
    } catch (cause) {
      throw notImported('@tensorflow/tfjs-backend-webgl', cause);
    }
    if (asked) tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
    if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) {
      throw new Error(`${device} does not render to 32-bit floats, and 16 bits overflow in training`);
    }
    return device;
  },
};

/** The renderer's name. One in software is slower than wasm, so it has to be asked for. */
function renderer(software: boolean): string {
  if (typeof OffscreenCanvas === 'undefined' && typeof document === 'undefined')
    throw new Error('needs a browser');
  const canvas =
    typeof OffscreenCanvas === 'undefined' ? document.createElement('canvas') : new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2', {
    failIfMajorPerformanceCaveat: !software,
  }) as WebGL2RenderingContext | null;
  if (!gl)
    throw new Error(software ? 'the browser offers no WebGL 2' : 'the browser offers no WebGL 2 in hardware');
  const unmasked = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(unmasked ? unmasked.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  if (!software && inSoftware.test(name))
    throw new Error(`${name} renders in software, slower than wasm; ask for it by name`);
  return name;
}
