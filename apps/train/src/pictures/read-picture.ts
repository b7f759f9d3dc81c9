import {
  decodePicture,
  digitsFrom,
  type FoundDigit,
  type ImageSource,
  imagesFrom,
  mnistSide,
} from '@capsnet/data/node';
import { withContext } from '../terminal/errors';
import type { Image, ImageSize } from './image';
import { bytesOf } from './named-pictures';

interface Reading {
  /** For dark ink on white paper. */
  readonly invert?: boolean | undefined;
  /** How a picture of other proportions is fitted. */
  readonly fit?: 'contain' | 'cover';
}

/**
 * Reads a picture file as an image of the size that a network sees (see `imagesFrom`).
 *
 * @throws UsageError when the file is missing, is no picture, is damaged, or is too large, or sharp is needed and missing
 */
export async function readPicture(file: string, size: ImageSize, reading: Reading = {}): Promise<Image> {
  return withContext(file, async () => imageOf(await bytesOf({ file }), size, reading));
}

async function imageOf(
  source: ImageSource,
  { height, width, channels }: ImageSize,
  { invert = false, fit = 'contain' }: Reading,
): Promise<Image> {
  const { data } = await imagesFrom(source, { height, width, channels, invert, fit });
  return { height, width, channels, pixels: data };
}

/** `photo`: digits are found in it; `image`: it is one, ready for the network. */
export type PictureKind = 'photo' | 'image';

/** What a network is shown of a picture. */
export type Seen =
  | { readonly kind: 'image'; readonly images: readonly [Image] }
  | { readonly kind: 'photo'; readonly images: readonly Image[]; readonly digits: readonly FoundDigit[] };

/** What a photograph is made smaller to while it is decoded, at least: digits of it need not be larger. */
const photographSize = { height: 480, width: 480 };

/**
 * Reads a picture by its kind; where that is not given, a picture of the very size of the network is an image, and any other a
 * photograph of digits.
 *
 * @throws UsageError as `readPicture`
 */
export async function readAny(
  file: string,
  bytes: Uint8Array,
  size: ImageSize,
  { kind, ...reading }: Reading & { readonly kind: PictureKind | undefined },
): Promise<Seen> {
  return withContext(file, async () => {
    if (kind === 'image') return { kind, images: [await imageOf(bytes, size, reading)] };
    const { values: data, height, width } = await decodePicture(bytes, photographSize);
    const picture = { data, height, width };
    if (kind === undefined && height === size.height && width === size.width)
      return { kind: 'image', images: [await imageOf(picture, size, reading)] };
    const digits = await digitsFrom(picture, { ink: reading.invert ? 'dark' : undefined });
    return { kind: 'photo', digits, images: digits.map(digit => inTheMiddle(digit.image, size)) };
  });
}

/** A digit of 28x28 pixels in the middle of what a network sees. */
function inTheMiddle(digit: Float32Array, { height, width }: ImageSize): Image {
  const pixels = new Float32Array(height * width);
  const [top, left] = [Math.floor((height - mnistSide) / 2), Math.floor((width - mnistSide) / 2)];
  for (let row = 0; row < mnistSide; row++)
    pixels.set(digit.subarray(row * mnistSide, (row + 1) * mnistSide), (top + row) * width + left);
  return { height, width, channels: 1, pixels };
}
