import { imagesFrom } from '@capsnet/data/node';
import { readFileOf } from '../files/read-file';
import { withContext } from '../terminal/errors';
import type { Image, ImageSize } from './image';

/** A larger picture is refused before it is read. */
const maxFileBytes = 64 * 2 ** 20;

/**
 * Reads a picture file as an image of the size that a network sees (see `imagesFrom`).
 *
 * @param invert for dark ink on white paper
 * @param fit how a picture of other proportions is fitted
 * @throws UsageError when the file is missing, is no picture, is damaged, or is too large, or sharp is needed and missing
 */
export async function readPicture(
  file: string,
  { height, width, channels }: ImageSize,
  {
    invert = false,
    fit = 'contain',
  }: { readonly invert?: boolean | undefined; readonly fit?: 'contain' | 'cover' } = {},
): Promise<Image> {
  return withContext(file, async () => {
    const { data } = await imagesFrom(await readFileOf(file, maxFileBytes), {
      height,
      width,
      channels,
      invert,
      fit,
    });
    return { height, width, channels, pixels: data };
  });
}
