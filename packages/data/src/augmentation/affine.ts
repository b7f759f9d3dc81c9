import type { ImageSize } from '../sets/image-set';

/** A change of an image about its centre c: each point p goes to R(rotation) H(shear) S(scale) (p - c) + c + shift. */
export interface Affine {
  /** Clockwise, in degrees. */
  readonly rotation: number;
  /** By how many pixels the image leans to the right for each pixel further down. */
  readonly shear: number;
  /** The factors of the width and of the height. */
  readonly scale: readonly [x: number, y: number];
  /** In pixels. */
  readonly shift: readonly [right: number, down: number];
}

/**
 * Writes the changed image: each pixel of `to` is interpolated bilinearly between the four pixels of `from` around the
 * point that it comes from. Around the image everything is 0. The identity gives the image back bit for bit.
 */
export function resample(from: Float32Array, to: Float32Array, size: ImageSize, affine: Affine): void {
  const { height, width, channels } = size;
  const [xx, xy, yx, yy] = inverse(affine);
  const [right, down] = affine.shift;
  const [centreX, centreY] = [(width - 1) / 2, (height - 1) / 2];
  const framed = withFrame(from, size);
  const below = (width + 2) * channels;
  to.fill(0);
  for (let y = 0, at = 0; y < height; y++) {
    const dy = y - centreY - down;
    for (let x = 0; x < width; x++, at += channels) {
      const dx = x - centreX - right;
      // The frame moves the image by one pixel.
      const u = xx * dx + xy * dy + centreX + 1;
      const v = yx * dx + yy * dy + centreY + 1;
      if (!(u >= 0 && u < width + 1 && v >= 0 && v < height + 1)) continue;
      const column = u | 0;
      const row = v | 0;
      const toRight = u - column;
      const toBelow = v - row;
      for (let c = 0, corner = row * below + column * channels; c < channels; c++, corner++) {
        const upper = framed[corner]! * (1 - toRight) + framed[corner + channels]! * toRight;
        const lower = framed[corner + below]! * (1 - toRight) + framed[corner + below + channels]! * toRight;
        to[at + c] = upper * (1 - toBelow) + lower * toBelow;
      }
    }
  }
}

/** The matrix [xx, xy, yx, yy] that takes a changed point, seen from the centre and without the shift, to where it was. */
function inverse({ rotation, shear, scale }: Affine): readonly [number, number, number, number] {
  const angle = (rotation * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [scaleX, scaleY] = scale;
  // (R H S)^-1 = S^-1 H^-1 R^T
  return [(cos + shear * sin) / scaleX, (sin - shear * cos) / scaleX, -sin / scaleY, cos / scaleY];
}

/** The image in a frame of zeros, one pixel wide: every pixel of the image has four neighbours. */
function withFrame(image: Float32Array, { height, width, channels }: ImageSize): Float32Array {
  const rowLength = width * channels;
  const framed = new Float32Array((height + 2) * (width + 2) * channels);
  for (let row = 0; row < height; row++) {
    const start = ((row + 1) * (width + 2) + 1) * channels;
    framed.set(image.subarray(row * rowLength, (row + 1) * rowLength), start);
  }
  return framed;
}
