import type fs from 'node:fs/promises';
import type { Bytes } from '@capsnet/checks';

export interface ReadOptions {
  /** How many bytes the file has. */
  readonly size: number;
  readonly signal: AbortSignal | undefined;
  /** Called with the number of bytes that came in since the last call. */
  readonly onBytes: (count: number) => void;
}

/**
 * Reads a file: in Node one of an address `file:`, anything else by `fetch`.
 *
 * @param address in a page also one relative to it
 */
export async function readFile(address: string, options: ReadOptions): Promise<Bytes> {
  // Of its own class: bundlers for servers have another.
  const url = address.startsWith('file:') && new URL(address);
  const files = url && builtin();
  return files ? read(files, url, options) : fetchFile(address, options);
}

/** Node's module for files, without an import that bundlers for browsers would follow. */
function builtin(): typeof fs | undefined {
  return globalThis.process?.getBuiltinModule?.('node:fs/promises');
}

async function read(files: typeof fs, url: URL, { signal, onBytes }: ReadOptions) {
  const bytes = await files.readFile(url, { signal });
  onBytes(bytes.length);
  return bytes;
}

async function fetchFile(address: string, { size, signal, onBytes }: ReadOptions): Promise<Bytes> {
  if (!globalThis.location && !URL.canParse(address))
    throw new Error(
      'expected an absolute address, such as pathToFileURL gives; a bundler for servers has to leave this package out',
    );
  const response = await fetch(address, { signal: signal ?? null });
  if (!response.ok || !response.body)
    throw new Error(`expected a file, found HTTP status ${response.status}`);
  const bytes = new Uint8Array(size);
  let loaded = 0;
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, loaded);
    if (loaded + value.length > size) {
      await reader.cancel();
      throw new Error(`expected ${size} bytes, found more`);
    }
    bytes.set(value, loaded);
    loaded += value.length;
    onBytes(value.length);
  }
}
