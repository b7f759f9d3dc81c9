import { open } from 'node:fs/promises';
import { imagesFrom } from '@capsnet/data/node';
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
    const { data } = await imagesFrom(await readLimited(file), { height, width, channels, invert });
    return { height, width, channels, pixels: data };
  });
}

async function readLimited(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size > maxFileBytes) throw new Error(`expected at most ${maxFileBytes} bytes, found ${size}`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}
