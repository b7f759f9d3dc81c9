import { CapsnetError, expectKnownOptions, show } from '@capsnet/checks';
import { DataError } from '../data-error';
import type { ImageSize } from '../sets/image-set';
import { hasBrightBorder } from './bright-border';
import { withChannels } from './channels';
import { picturesIn } from './image-source';
import type { Picture } from './picture';
import { fit } from './resize';

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
}

/** Gets the pixels of what only one platform knows, such as a file or a canvas. */
export type Decoder = (source: unknown) => Promise<Picture>;

/** `imagesFrom` with the sources of a platform. */
export async function imagesWith(
  decode: Decoder,
  source: unknown,
  options: ImagesFromOptions,
): Promise<ImageArray> {
  const { height, width, channels, invert } = checked(options);
  const images: Float32Array[] = [];
  const found = await pictures(source, decode);
  if (found.length === 0) throw new DataError('imagesFrom: expected at least one image, found none');
  for (const picture of found) {
    const pixels = withChannels(picture, channels, invert ? 1 : 0);
    if (invert) for (let i = 0; i < pixels.length; i++) pixels[i] = 1 - pixels[i]!;
    const own = { ...picture, channels };
    images.push(fit(pixels, own, { height, width }, hasBrightBorder(pixels, own) ? 1 : 0));
  }
  const size = height * width * channels;
  const data = new Float32Array(images.length * size);
  for (const [i, image] of images.entries()) data.set(image, i * size);
  return { data, shape: [images.length, height, width, channels] };
}

async function pictures(source: unknown, decode: Decoder): Promise<readonly Picture[]> {
  const found = picturesIn(source);
  if (found) return found;
  if (!Array.isArray(source)) return [await decode(source)];
  const all: Picture[] = [];
  for (const one of source) all.push(...(await pictures(one, decode)));
  return all;
}

function checked(options: ImagesFromOptions): ImageSize & { readonly invert: boolean } {
  const ofNetwork = ['mean', 'standardDeviation'];
  expectKnownOptions('imagesFrom', options, ['height', 'width', 'channels', 'invert'], ofNetwork);
  const { height, width, channels = 1, invert = false } = options;
  for (const [name, value] of Object.entries({ height, width, channels })) {
    if (!(Number.isInteger(value) && Number(value) > 0)) {
      throw new CapsnetError(
        'invalid-argument',
        `imagesFrom: expected ${name} to be a positive integer, found ${show(value)}`,
      );
    }
  }
  return { height, width, channels, invert };
}
