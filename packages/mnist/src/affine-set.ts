import { CapsnetError, expectKnownOptions } from '@capsnet/checks';
import {
  asSubset,
  type ImageSet,
  type ImageSize,
  imageReader,
  imageSize,
  randomAugmentation,
  type Subset,
  seededRandom,
  uniformInt,
} from '@capsnet/data';

/** The ranges that affNIST publishes are the defaults. */
export interface AffineSetOptions {
  /** An integer from 0 to 2^32 - 1: the same seed gives the same images. */
  readonly seed: number;
  /** The side of the square images in pixels. Default 40. */
  readonly size?: number | undefined;
  /** The largest rotation in degrees, either way, 0 to 180. Default 20. */
  readonly rotation?: number | undefined;
  /** The largest lean, either way: pixels to the side for each pixel down, 0 to 1. Default 0.2. */
  readonly shear?: number | undefined;
  /** Width and height are multiplied by factors of their own from 1 - scale to 1 + scale; 0 to 0.9. Default 0.2. */
  readonly scale?: number | undefined;
}

/**
 * A fixed set in the manner of affNIST: each image once, rotated, sheared and scaled, then put anywhere on a larger canvas,
 * by whole pixels. All draws are uniform. Nothing is cut off: everything in an image that is not black is on its canvas, and
 * where that cannot be, there is an error. All digits of MNIST fit with the default options.
 *
 * The images are ours, made from those given, and not those of affNIST: errors on the two cannot be compared.
 *
 * @returns images as bytes [n, size, size] or [n, size, size, channels], in the order of those given, with their labels
 * @throws {@link CapsnetError} `invalid-argument` when an option cannot be used, or an image with all its changes is larger than
 *   the canvas; {@link DataError} when the images cannot be used
 */
export function affineSet(images: ImageSet | Subset, options: AffineSetOptions): ImageSet {
  expectKnownOptions('affineSet', options, ['seed', 'size', 'rotation', 'shear', 'scale']);
  const { seed, size: side = 40, rotation = 20, shear = 0.2, scale = 0.2 } = options;
  const { set, indices } = asSubset(images);
  const own = imageSize(set);
  // Checks the side.
  imageReader(images, side);
  // Around the canvas there is room for all that may come of an image, so that only the choice of its place can cut it off.
  const room = Math.max(0, Math.ceil((reach(own, { shear, scale }) - side) / 2));
  const { size, read } = imageReader(images, side + 2 * room);
  const canvas = { top: room, bottom: room + side, left: room, right: room + side };
  const change = randomAugmentation({ rotation, shear, scale }, size);
  const random = seededRandom(seed);
  const changed = new Float32Array(size.height * size.width * size.channels);
  const rowLength = side * size.channels;
  const bytes = new Uint8Array(indices.length * side * rowLength);
  for (const [row, index] of indices.entries()) {
    change(read(index), changed, size, random);
    for (let i = 0; i < changed.length; i++) changed[i] = Math.round(changed[i]! * 255);
    const ink = boxOf(changed, size) ?? canvas;
    if (ink.bottom - ink.top > side || ink.right - ink.left > side) {
      throw new CapsnetError(
        'invalid-argument',
        `affineSet: expected a size of at least ${Math.max(ink.bottom - ink.top, ink.right - ink.left)}, ` +
          `so that all of image ${index} stays on the canvas, found ${side}`,
      );
    }
    // By how much the ink, where it is, would be moved to the edges of the canvas.
    const down = uniformInt(random, room - ink.top, room + side - ink.bottom);
    const right = uniformInt(random, room - ink.left, room + side - ink.right);
    for (let y = ink.top; y < ink.bottom; y++) {
      const from = (y * size.width + ink.left) * size.channels;
      const to = (y - room + down) * rowLength + (ink.left - room + right) * size.channels;
      const length = (ink.right - ink.left) * size.channels;
      bytes.set(changed.subarray(from, from + length), row * side * rowLength + to);
    }
  }
  return {
    ...set,
    data: bytes,
    shape: [indices.length, side, side, ...set.shape.slice(3)],
    labels: Int32Array.from(indices, index => set.labels[index]!),
  };
}

/** No image becomes wider or higher than this by its scale, shear and rotation. */
function reach({ height, width }: ImageSize, { shear, scale }: { shear: number; scale: number }): number {
  // A pixel more on each side, for what is interpolated.
  const [x, y] = [((width + 2) / 2) * (1 + scale), ((height + 2) / 2) * (1 + scale)];
  return 2 * Math.hypot(x + shear * y, y);
}

/** The smallest box around everything that is not black, undefined for a black image; `right` and `bottom` lie outside. */
function boxOf(image: Float32Array, { height, width, channels }: ImageSize) {
  let [top, bottom, left, right] = [height, 0, width, 0];
  image.forEach((value, i) => {
    if (value === 0) return;
    const pixel = Math.floor(i / channels);
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    top = Math.min(top, row);
    bottom = Math.max(bottom, row + 1);
    left = Math.min(left, column);
    right = Math.max(right, column + 1);
  });
  return bottom === 0 ? undefined : { top, bottom, left, right };
}
