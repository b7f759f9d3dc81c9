import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { expectUpTo } from './augmentation';
import { imageReader } from './image-reader';
import { asSubset, type ImageSet, type ImageSize, type Subset } from './image-set';
import { seededRandom } from './random';
import { randomAffine } from './random-affine';
import { shaped } from './shaped';
import { shift } from './shift';

/** The ranges that affNIST publishes are the defaults. */
export interface AffineSetOptions {
  /** An integer from 0 to 2^32 - 1: the same seed gives the same images. */
  readonly seed: number;
  /** The side of the square images in pixels. Default 40. */
  readonly size?: number | undefined;
  /** The largest rotation in degrees, either way, 0 to 180. Default 20. */
  readonly rotation?: number | undefined;
  /** The largest lean, either way: pixels to the side for each pixel down, 0 to 1. Default .2. */
  readonly shear?: number | undefined;
  /** Width and height are multiplied by factors of their own from 1 - scale to 1 + scale; 0 to .9. Default .2. */
  readonly scale?: number | undefined;
}

/**
 * A fixed set in the manner of affNIST: each image once, rotated, sheared and scaled, then put anywhere on a larger canvas,
 * by whole pixels and so that all of it stays there. All draws are uniform.
 *
 * The images are ours, made from those given, and not those of affNIST: errors on the two cannot be compared.
 *
 * @returns images as bytes [n, size, size] or [n, size, size, channels], in the order of those given, with their labels
 * @throws RangeError or DataError when the options or the images cannot be used
 */
export function affineSet(
  images: ImageSet | Subset,
  { seed, size: side = 40, rotation = 20, shear = 0.2, scale = 0.2 }: AffineSetOptions,
): ImageSet {
  const subset = asSubset(images);
  const { set, indices } = subset;
  const { size, read } = imageReader(subset, side);
  expectUpTo(180, { rotation });
  expectUpTo(1, { shear });
  expectUpTo(0.9, { scale });
  const change = randomAffine({ rotation, shear, scale, rotationProbability: 1, squash: 0, shift: 0 });
  const random = seededRandom(seed);
  const pixels = size.height * size.width * size.channels;
  const changed = new Float32Array(pixels);
  const moved = new Float32Array(pixels);
  const bytes = new Uint8Array(indices.length * pixels);
  for (const [row, index] of indices.entries()) {
    change(read(index), changed, size, random);
    for (let i = 0; i < pixels; i++) changed[i] = Math.round(changed[i]! * 255);
    const { above, below, left, right } = margins(changed, size);
    const down = uniformInt(random, -above, below);
    shift(changed, moved, size, down, uniformInt(random, -left, right));
    bytes.set(moved, row * pixels);
  }
  return {
    images: shaped(bytes, [indices.length, side, side, ...set.images.shape.slice(3)]),
    labels: Uint8Array.from(indices, index => set.labels[index]!),
  };
}

/** How many rows and columns are black on each side of the image; none when all are. */
function margins(image: Float32Array, { height, width, channels }: ImageSize) {
  let [above, below, left, right] = [height, height, width, width];
  image.forEach((value, i) => {
    if (value === 0) return;
    const pixel = Math.floor(i / channels);
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    above = Math.min(above, row);
    below = Math.min(below, height - 1 - row);
    left = Math.min(left, column);
    right = Math.min(right, width - 1 - column);
  });
  return above < height ? { above, below, left, right } : { above: 0, below: 0, left: 0, right: 0 };
}
