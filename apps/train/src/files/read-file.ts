import { type FileHandle, open, stat } from 'node:fs/promises';

/**
 * The bytes of a file that somebody has named.
 *
 * @throws when it is a folder, a device or a pipe, none of which need ever end, or holds more bytes than `largest`
 */
export async function readFileOf(file: string, largest: number): Promise<Buffer> {
  const state = await stat(file);
  if (state.isDirectory()) throw Object.assign(new Error('is a folder'), { code: 'EISDIR' });
  // Opening a pipe would already wait.
  if (!state.isFile()) throw new Error('is a device or a pipe, expected a file');
  if (state.size > largest) throw tooLarge(largest, String(state.size));
  const handle = await open(file);
  try {
    return await readAll(handle, largest);
  } finally {
    await handle.close();
  }
}

/** Counted while they are read: some files of the system are endless, and say that they have no bytes. */
async function readAll(handle: FileHandle, largest: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of handle.createReadStream({ autoClose: false })) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > largest) throw tooLarge(largest, 'more');
  }
  return Buffer.concat(chunks);
}

function tooLarge(largest: number, found: string): Error {
  return new Error(`expected at most ${largest} bytes, found ${found}`);
}
