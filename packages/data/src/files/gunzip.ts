import { type Bytes, expectKnownOptions } from '@capsnet/checks';
import { DataError } from '../data-error';

/** Larger files are refused: twice the largest known set of the family, the training images of EMNIST ByClass. */
export const maxFileBytes = 2 ** 30;

/** Whether a file begins as a gzip file does. An IDX file never does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Decompresses a gzip file with the platform's own DecompressionStream. As for gzip itself it may consist of several members,
 * one behind the other, and be padded with zeros; streams of newer versions of Node and of browsers end at the first member.
 *
 * @param options.maxBytes decompressing stops with an error beyond this number of bytes. Default 1 GiB
 * @throws DataError when the file is damaged, cut off, or larger than `maxBytes`
 */
export async function gunzip(
  bytes: Uint8Array,
  options: { readonly maxBytes?: number | undefined } = {},
): Promise<Bytes> {
  expectKnownOptions('gunzip', options, ['maxBytes']);
  const { maxBytes = maxFileBytes } = options;
  const members: Bytes[] = [];
  let room = maxBytes;
  let rest = bytes;
  do {
    const { data, end } = await firstMember(rest, room).catch(cause => {
      if (cause instanceof DataError) throw cause;
      throw new DataError(`damaged gzip file of ${bytes.length} bytes: ${cause.message}`, { cause });
    });
    members.push(data);
    room -= data.length;
    rest = rest.subarray(end);
  } while (rest.some(byte => byte !== 0));
  return members.length === 1 ? members[0]! : new Uint8Array(await new Blob(members).arrayBuffer());
}

async function firstMember(
  bytes: Uint8Array,
  maxBytes: number,
): Promise<{ readonly data: Bytes; readonly end: number }> {
  let problem: unknown;
  for (const end of possibleEnds(bytes)) {
    const stream = new Blob([bytes.subarray(0, end) as Bytes])
      .stream()
      .pipeThrough(new DecompressionStream('gzip'));
    try {
      return { data: await readAll(stream, maxBytes), end };
    } catch (error) {
      problem ??= error; // that of the whole file
      if (error instanceof DataError) break;
    }
  }
  throw problem;
}

/** Nobody says where a member ends: with the file, where another one could begin, or where nothing but zeros follows. */
function* possibleEnds(bytes: Uint8Array): Generator<number> {
  yield bytes.length;
  for (let at = shortestMember; at + 2 < bytes.length; at++) {
    if (bytes[at] === 0x1f && bytes[at + 1] === 0x8b && bytes[at + 2] === 8) yield at;
  }
  // A member's own last 8 bytes, its checksum and its length, may be zeros as well.
  const zeros = bytes.findLastIndex(byte => byte !== 0) + 1;
  for (let end = zeros; end < Math.min(zeros + 8, bytes.length); end++) yield end;
}

/** Its header, an empty block, checksum and length. */
const shortestMember = 20;

/** Reads a stream to its end, or throws a DataError after `maxBytes`. */
export async function readAll(stream: ReadableStream<Uint8Array>, maxBytes: number): Promise<Bytes> {
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
