import type { ImageSize } from '../sets/image-set';

/** One picture of any size, as it was found. */
export interface Picture extends ImageSize {
  /** [height, width, channels]: bytes 0..255, or floats 0..1. */
  readonly values: Uint8Array | Uint8ClampedArray | Float32Array;
  /** Whether the last of four channels says how opaque a pixel is; the others are then not multiplied by it. */
  readonly isTransparent: boolean;
}
