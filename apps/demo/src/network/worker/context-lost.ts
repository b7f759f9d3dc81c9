import { CapsnetError } from '@capsnet/checks';
import * as tf from '@tensorflow/tfjs-core';

/**
 * WebGL may lose its context: the driver is reset, or another page needs the memory. What a lost context gives back are
 * zeros, and nothing says so, so every result has to be held against this.
 */
export interface GraphicsContext {
  /** Whether what was computed may be wrong. */
  isLost(): boolean;
  /** Loses it on purpose, to see what happens. Without WebGL nothing does. */
  lose(): void;
}

/** The context of the backend in use; one that is never lost, for the other backends. */
export function graphicsContext(onLost: () => void): GraphicsContext {
  const { gpgpu } = tf.backend() as { gpgpu?: { gl: WebGL2RenderingContext } };
  if (!gpgpu) return { isLost: () => false, lose: () => {} };
  const { gl } = gpgpu;
  gl.canvas.addEventListener('webglcontextlost', () => onLost(), { once: true });
  return {
    isLost: () => gl.isContextLost(),
    lose: () => gl.getExtension('WEBGL_lose_context')?.loseContext(),
  };
}

/** What a worker answers whose context was lost, in place of numbers that may be wrong. */
export class ContextLost extends CapsnetError {
  override readonly name = 'ContextLost';
  constructor() {
    super('unavailable', 'the browser took the WebGL context away');
  }
}
