import type { Bytes } from '@capsnet/checks';
import { DataError } from '../data-error';
import { typeName } from '../type-name';
import type { ImageSource } from './image-source';
import { type ImageArray, type ImagesFromOptions, imagesWith } from './images-from';
import type { Picture } from './picture';

/** What a page has beside. */
export type BrowserImageSource = ImageSource | CanvasImageSource;

/**
 * Images from anywhere, as a network sees them: canvases, image and video elements, bitmaps, `ImageData`, files of any kind
 * that the browser decodes as bytes or blobs, nested lists or typed arrays with a shape; of a list of several, all one after
 * the other.
 *
 * Where its size is another, an image is resized: its proportions are kept, and black or white is added at the sides, whichever
 * its edge is nearer to. Colours become gray where a network sees one channel. What is transparent shows paper, white behind
 * dark ink and black behind bright ink.
 *
 * @returns images [n, height, width, channels] in 0..1
 * @throws {@link DataError} when the source is none of these, is damaged or not yet loaded, or may not be read since it is of
 *   another site; {@link CapsnetError} `invalid-argument` for sizes that are not positive integers
 */
export async function imagesFrom(
  source: BrowserImageSource | readonly BrowserImageSource[],
  options: ImagesFromOptions,
): Promise<ImageArray> {
  return imagesWith(decodeInBrowser, source, options);
}

/** By the decoders of the browser. */
export async function decodeInBrowser(source: unknown): Promise<Picture> {
  const isFile = source instanceof Uint8Array || source instanceof ArrayBuffer;
  try {
    const bitmap = await createImageBitmap(
      isFile ? new Blob([source as Bytes | ArrayBuffer]) : (source as ImageBitmapSource),
      { colorSpaceConversion: 'none' },
    );
    return pixelsOf(bitmap);
  } catch (cause) {
    throw new DataError(
      `imagesFrom: expected a canvas, a loaded image, the bytes of an image file, pixels { data, width, height }, ` +
        `images { data, shape } or nested lists of numbers, found ${typeName(source)}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function pixelsOf(bitmap: ImageBitmap): Picture {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { height, width, channels: 4, values: data, isTransparent: true };
}
