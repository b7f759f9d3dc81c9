import type { ReadOptions } from './read-options';

/** Fetches a file of this package from where the page's bundler put it. */
export async function readFile(
  url: URL,
  { size, signal, onBytes }: ReadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url, { signal: signal ?? null });
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
