import { CapsnetError } from '@capsnet/checks';
import { DataError } from '../data-error';
import { decodeBmp } from './decode-bmp';
import { decodePng } from './decode-png';
import type { Picture } from './picture';
import { formatOf } from './picture-format';

/** More than any camera of a telephone makes. */
const maxFileBytes = 2 ** 26;
const maxPixels = 2 ** 27;

/** From this many times the size that is wanted on, the decoder makes a picture smaller, to twice that size. */
const farLarger = 4;

/**
 * Decodes a picture file: PNG and BMP by this package, all others by sharp. It is checked before anything is decoded. The result is upright,
 * as its EXIF orientation says, in sRGB, and if it has several pages, the first.
 *
 * @param wanted the size that it will be resized to, in pixels: a photograph far larger than that is made smaller while it is decoded
 * @throws {@link DataError} when it is of none of the formats, is damaged, or is larger than 64 MiB or 2^27 pixels (of a PNG or BMP
 *   2^24 pixels, of a PNG 16 MiB); {@link CapsnetError} `unavailable` when it takes sharp, which is not installed
 */
export async function decodePicture(
  file: Uint8Array,
  wanted?: { readonly height: number; readonly width: number },
): Promise<Picture> {
  const format = formatOf(file);
  if (format === 'PNG') return decodePng(file);
  if (file.length > maxFileBytes)
    throw new DataError(`expected a picture file of at most ${maxFileBytes} bytes, found ${file.length}`);
  if (format === 'BMP') return decodeBmp(file);
  const { default: sharp } = await importSharp(format);
  try {
    const open = () => sharp(file, { limitInputPixels: maxPixels, failOn: 'error' });
    let image = open().autoOrient().toColourspace('srgb').ensureAlpha();
    if (wanted) {
      const { width, height } = (await open().metadata()).autoOrient;
      if (width >= farLarger * wanted.width && height >= farLarger * wanted.height) {
        image = image.resize({ width: 2 * wanted.width, height: 2 * wanted.height, fit: 'outside' });
      }
    }
    const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    const { height, width } = info;
    return { height, width, channels: 4, values: data, isTransparent: true };
  } catch (cause) {
    throw new DataError(`a ${format} file that cannot be decoded (${firstLine((cause as Error).message)})`, {
      cause,
    });
  }
}

async function importSharp(format: string): Promise<typeof import('sharp')> {
  try {
    return await import('sharp');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const state =
      code === 'ERR_MODULE_NOT_FOUND'
        ? 'which is not installed'
        : `which does not load (${firstLine(message)})`;
    throw new CapsnetError(
      'unavailable',
      `a ${format} file is read by sharp, ${state}: npm install sharp, or save it as PNG`,
      { cause },
    );
  }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]!;
}
