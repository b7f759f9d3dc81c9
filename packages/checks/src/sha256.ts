import type { Bytes } from './bytes';
import { CapsnetError } from './capsnet-error';

/**
 * The SHA-256 of some bytes in lower-case hexadecimal.
 *
 * @throws {@link CapsnetError} `unavailable` where the browser does not offer it: on a page that is neither secure nor local
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new CapsnetError(
      'unavailable',
      'sha256 needs a page that was loaded by https or from localhost: browsers offer it nowhere else',
    );
  }
  const digest = await crypto.subtle.digest('SHA-256', bytes as Bytes);
  return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('');
}
