import { imagesFrom } from '@capsnet/data/node';
import { readFileOf } from '../files/read-file';
import { withContext } from '../terminal/errors';
import type { Image, ImageSize } from './image';

/** A larger picture is refused before it is read. */
const maxFileBytes = 16 * 2 ** 20;

/**
 * Reads a PNG as an image of the size that a network sees (see `imagesFrom`).
 *
 * @param invert for dark ink on white paper
 * @throws UsageError when the file is missing, is not a PNG, is damaged, or is too large
 */
export async function readPng(
  file: string,
  { height, width, channels }: ImageSize,
  { invert = false } = {},
): Promise<Image> {
  return withContext(file, async () => {
    const { data } = await imagesFrom(await readFileOf(file, maxFileBytes), {
      height,
      width,
      channels,
      invert,
    });
    return { height, width, channels, pixels: data };
  });
}
