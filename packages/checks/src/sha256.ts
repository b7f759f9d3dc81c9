import type { Bytes } from './bytes';

/** The SHA-256 of some bytes in lower-case hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = globalThis.crypto?.subtle
    ? new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Bytes))
    : (await import('@noble/hashes/sha2.js')).sha256(bytes); // on a page by plain http, as in a local network
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('');
}
