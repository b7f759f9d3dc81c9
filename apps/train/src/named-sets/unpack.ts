import { readFile } from 'node:fs/promises';
import { gunzip } from '@capsnet/data/node';
import { unzipSync } from 'fflate';
import { parseTar } from 'nanotar';
import { maxDataBytes } from '../data-sets/read-data-file';
import { UsageError, within } from '../terminal/errors';

/**
 * Some of the files in an archive, .zip or .tar.gz, by their names without folders: nothing in it says where something is written.
 *
 * @throws UsageError when the archive is damaged, or one of the files is not in it
 */
export async function unpack(
  archive: string,
  members: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  return within(archive, async () => {
    const bytes = await readFile(archive);
    const found = archive.endsWith('.zip') ? unzipped(bytes, members) : await untarred(bytes, members);
    for (const name of members) {
      if (!found.has(name))
        throw new UsageError(`expected ${name} in it, found ${[...found.keys()].join(', ') || 'none'}`);
    }
    return found;
  });
}

function unzipped(bytes: Uint8Array, members: readonly string[]): Map<string, Uint8Array> {
  const files = unzipSync(bytes, {
    filter({ name, originalSize }) {
      if (!members.includes(plainName(name))) return false;
      if (originalSize > maxDataBytes)
        throw new UsageError(`${name}: expected at most ${maxDataBytes} bytes, found ${originalSize}`);
      return true;
    },
  });
  return new Map(Object.entries(files).map(([name, content]) => [plainName(name), content]));
}

async function untarred(bytes: Uint8Array, members: readonly string[]): Promise<Map<string, Uint8Array>> {
  const files = parseTar(await gunzip(bytes), { filter: ({ name }) => members.includes(plainName(name)) });
  return new Map(files.flatMap(({ name, data }) => (data ? [[plainName(name), data]] : [])));
}

function plainName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
