import { DataError } from '../data-error';
import { type DataFile, type FileSource, prefixedName } from './file-source';
import { isGzip, maxFileBytes, readAll } from './gunzip';

/** Fetches files below an address, gzip if there is one, else raw. The same in Node and in a browser. */
export function fetchedFiles(base: string | URL, prefix = ''): FileSource {
  const folder = String(base).replace(/\/*$/, '/');
  return {
    prefix,
    async read(name) {
      const stem = folder + prefixedName(name, prefix);
      const reasons: string[] = [];
      for (const url of [`${stem}.gz`, stem]) {
        const file = await fetchFile(url);
        if (typeof file !== 'string') return file;
        reasons.push(`${url}: ${file}`);
      }
      throw new DataError(`expected an IDX file, found none. ${reasons.join('; ')}`);
    },
  };
}

/** The file, or the reason why it is not there. */
async function fetchFile(url: string): Promise<DataFile | string> {
  try {
    const response = await fetch(url);
    if (!response.ok) {
      await response.body?.cancel();
      return `HTTP status ${response.status}`;
    }
    const bytes = response.body ? await readAll(response.body, maxFileBytes) : new Uint8Array();
    // Many servers answer every unknown address with a page and status 200.
    if (!isGzip(bytes) && bytes[0] !== 0)
      return `found ${response.headers.get('content-type') ?? 'something else'}`;
    return { name: url, bytes };
  } catch (cause) {
    throw new DataError(`${url}: ${(cause as Error).message}`, { cause });
  }
}
