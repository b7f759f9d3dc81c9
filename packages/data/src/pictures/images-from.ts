import { CapsnetError, expectKnownOptions, show } from '@capsnet/checks';
import { DataError } from '../data-error';
import type { ImageSize } from '../sets/image-set';
import { hasBrightBorder } from './bright-border';
import { withChannels } from './channels';
import { picturesIn } from './image-source';
import type { Picture } from './picture';
import { cover, type Fit, fit } from './resize';

/** Images as a network sees them. */
export interface ImageArray {
  /** 0..1 in C order, 1 being white. */
  readonly data: Float32Array;
  /** The same as a tensor: `tf.tensor4d(data, shape)`. */
  readonly shape: [n: number, height: number, width: number, channels: number];
}

/** A network's `config.image` will do. */
export interface ImagesFromOptions {
  /** In pixels. */
  readonly height: number;
  /** In pixels. */
  readonly width: number;
  /** 1 (gray) or 3 (red, green and blue); images with a shape may have others if they need not be changed. Default 1. */
  readonly channels?: number | undefined;
  /** Makes white black and black white: for dark ink on white paper, where a network has seen the opposite. Default false. */
  readonly invert?: boolean | undefined;
  /**
   * Of an image of another size, `contain` keeps all, with black or white at the sides, and `cover` fills the whole size with its
   * middle. Default `contain`.
   */
  readonly fit?: Fit | undefined;
}

/**
 * Gets the pixels of what only one platform knows, such as a file or a canvas. A picture of many more pixels than `wanted` may be
 * decoded at a smaller size.
 */
export type Decoder = (
  source: unknown,
  wanted: { readonly height: number; readonly width: number },
) => Promise<Picture>;

/** `imagesFrom` with the sources of a platform. */
export async function imagesWith(
  decode: Decoder,
  source: unknown,
  options: ImagesFromOptions,
): Promise<ImageArray> {
  const { height, width, channels, invert, fit } = checked(options);
  const images: Float32Array[] = [];
  const found = await picturesFrom(source, one => decode(one, { height, width }));
  if (found.length === 0) throw new DataError('imagesFrom: expected at least one image, found none');
  for (const picture of found) {
    const pixels = withChannels(picture, channels, invert ? 1 : 0);
    if (invert) for (let i = 0; i < pixels.length; i++) pixels[i] = 1 - pixels[i]!;
    images.push(fitted(pixels, { ...picture, channels }, { height, width }, fit));
  }
  const size = height * width * channels;
  const data = new Float32Array(images.length * size);
  for (const [i, image] of images.entries()) data.set(image, i * size);
  return { data, shape: [images.length, height, width, channels] };
}

/**
 * An image in another size, the one way or the other; what is left at its sides is black, or white if it has a bright edge.
 *
 * @param image [height, width, channels] in 0..1
 */
export function fitted(
  image: Float32Array,
  size: ImageSize,
  to: { readonly height: number; readonly width: number },
  how: Fit,
): Float32Array {
  return how === 'cover'
    ? cover(image, size, to)
    : fit(image, size, to, hasBrightBorder(image, size) ? 1 : 0);
}

/** All pictures of a source, each as it was found. */
export async function picturesFrom(
  source: unknown,
  decode: (source: unknown) => Promise<Picture>,
): Promise<readonly Picture[]> {
  const found = picturesIn(source);
  if (found) return found;
  if (!Array.isArray(source)) return [await decode(source)];
  const all: Picture[] = [];
  for (const one of source) all.push(...(await picturesFrom(one, decode)));
  return all;
}

function checked(options: ImagesFromOptions): ImageSize & { readonly invert: boolean; readonly fit: Fit } {
  const ofNetwork = ['mean', 'standardDeviation'];
  expectKnownOptions('imagesFrom', options, ['height', 'width', 'channels', 'invert', 'fit'], ofNetwork);
  const { height, width, channels = 1, invert = false, fit = 'contain' } = options;
  for (const [name, value] of Object.entries({ height, width, channels })) {
    if (!(Number.isInteger(value) && Number(value) > 0)) {
      throw new CapsnetError(
        'invalid-argument',
        `imagesFrom: expected ${name} to be a positive integer, found ${show(value)}`,
      );
    }
  }
  if (fit !== 'contain' && fit !== 'cover') {
    throw new CapsnetError(
      'invalid-argument',
      `imagesFrom: expected fit to be "contain" or "cover", found ${show(fit)}`,
    );
  }
  return { height, width, channels, invert, fit };
}
