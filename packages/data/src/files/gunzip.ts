import { DataError } from '../data-error';

/** Larger files are refused: twice the largest known set of the family, the training images of EMNIST ByClass. */
export const maxFileBytes = 2 ** 30;

/** Whether a file begins as a gzip file does. An IDX file never does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Decompresses a gzip file with the platform's own DecompressionStream, the same in Node and in a browser.
 *
 * @param maxBytes decompressing stops with an error beyond so many bytes. Default 1 GiB
 * @throws DataError when the file is damaged, cut off, or larger than `maxBytes`
 */
export async function gunzip(
  bytes: Uint8Array,
  { maxBytes = maxFileBytes } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'));
  try {
    return await readAll(stream, maxBytes);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(`damaged gzip file of ${bytes.length} bytes: ${(cause as Error).message}`, { cause });
  }
}

/** Reads a stream to its end, or throws a DataError after `maxBytes`. */
export async function readAll(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value);
    length += next.value.length;
    if (length > maxBytes) {
      await reader.cancel();
      throw new DataError(`expected at most ${maxBytes} bytes, found more`);
    }
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
