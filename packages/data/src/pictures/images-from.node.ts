import { DataError } from '../data-error';
import { typeName } from '../type-name';
import { decodePicture } from './decode-picture.node';
import type { ImageSource } from './image-source';
import { type ImageArray, type ImagesFromOptions, imagesWith } from './images-from';
import type { Picture } from './picture';

/**
 * Images from anywhere, as a network sees them: picture files as bytes, pixels, nested lists or typed arrays with a shape; of a
 * list of several, all one after the other.
 *
 * Where its size is another, an image is resized: its proportions are kept, and black or white is added at the sides, whichever
 * its edge is nearer to. Colours become gray where a network sees one channel. What is transparent shows paper, white behind
 * dark ink and black behind bright ink.
 *
 * PNG and BMP are decoded by this package; JPEG, WebP, TIFF, GIF and AVIF by sharp, which has to be installed beside it. Photographs are
 * turned upright as their EXIF orientation says.
 *
 * @returns images [n, height, width, channels] in 0..1
 * @throws {@link DataError} when the source is none of these or is damaged; {@link CapsnetError} `invalid-argument` for sizes
 *   that are not positive integers
 */
export async function imagesFrom(
  source: ImageSource | readonly ImageSource[],
  options: ImagesFromOptions,
): Promise<ImageArray> {
  return imagesWith(decodeSource, source, options);
}

export async function decodeSource(
  source: unknown,
  wanted: { height: number; width: number },
): Promise<Picture> {
  if (source instanceof Uint8Array) return decodePicture(source, wanted);
  if (source instanceof ArrayBuffer) return decodePicture(new Uint8Array(source), wanted);
  if (source instanceof Blob) return decodePicture(new Uint8Array(await source.arrayBuffer()), wanted);
  throw new DataError(
    'imagesFrom: expected the bytes of a picture file, pixels { data, width, height }, ' +
      `images { data, shape } or nested lists of numbers, found ${typeName(source)}`,
  );
}
