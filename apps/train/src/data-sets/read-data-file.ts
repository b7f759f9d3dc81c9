import { gunzip } from '@capsnet/data/node';
import { readFileOf } from '../files/read-file';
import { within } from '../terminal/errors';

/** As much as one array of all sets in use. */
export const maxDataBytes = 2 ** 30;

/**
 * What a reader makes of a file of data, which may be compressed by gzip.
 *
 * @throws UsageError that names the file and what is wrong with it
 */
export async function readDataFile<T>(file: string, read: (bytes: Uint8Array) => T): Promise<T> {
  return within(file, async () => {
    const bytes = await readFileOf(file, maxDataBytes);
    return read(bytes[0] === 0x1f && bytes[1] === 0x8b ? await gunzip(bytes) : bytes);
  });
}
