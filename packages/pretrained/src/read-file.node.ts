import { readFile as read } from 'node:fs/promises';
import type { ReadOptions } from './read-options';

/** Reads a file of this package from where it is installed. */
export async function readFile(url: URL, { signal, onBytes }: ReadOptions): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await read(url, { signal });
  onBytes(bytes.length);
  return bytes;
}
