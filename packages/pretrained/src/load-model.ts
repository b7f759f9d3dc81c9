import { CapsnetError } from '@capsnet/checks';
import type { CapsNet } from '@capsnet/core';
import { readFile } from '#read-file';
import type { FileOfModel, ModelCard } from './model-card';
import { decodeQuantised } from './quantised';

export interface LoadOptions {
  /**
   * Whether the network can reconstruct. Default true. Without, its decoder's file is not fetched, and its configuration
   * says `decoder: null`.
   */
  readonly decoder?: boolean;
  /** Called while bytes come in. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Aborts loading; the promise is then rejected with its reason. */
  readonly signal?: AbortSignal;
}

/** In bytes, all files together. */
export interface LoadProgress {
  readonly loaded: number;
  readonly total: number;
}

/** Where the files of a model are. */
export interface ModelUrls {
  readonly weights: URL;
  readonly decoder: URL;
}

/** Reads the files of a model, holds them against its card and makes the network. */
export async function loadModel(
  { files }: ModelCard,
  urls: ModelUrls,
  { decoder = true, onProgress, signal }: LoadOptions,
): Promise<CapsNet> {
  const total = files.weights.bytes + (decoder ? files.decoder.bytes : 0);
  let loaded = 0;
  const onBytes = (count: number) => {
    loaded += count;
    onProgress?.({ loaded, total });
  };
  const read = (part: keyof ModelUrls) => readChecked(urls[part], files[part], { signal, onBytes });
  const [weights, decoding] = await Promise.all([read('weights'), decoder ? read('decoder') : null]);
  signal?.throwIfAborted();
  return decodeQuantised({ weights, decoder: decoding });
}

async function readChecked(
  url: URL,
  { bytes: size, sha256 }: FileOfModel,
  options: { signal: AbortSignal | undefined; onBytes: (count: number) => void },
): Promise<Uint8Array> {
  options.signal?.throwIfAborted();
  try {
    const bytes = await readFile(url, { size, ...options });
    if (bytes.length !== size) throw new Error(`expected ${size} bytes, found ${bytes.length}`);
    const found = await digestOf(bytes);
    if (found !== sha256)
      throw new Error(`expected the SHA-256 ${sha256}, found ${found}: not the published file`);
    return bytes;
  } catch (cause) {
    options.signal?.throwIfAborted();
    throw new CapsnetError('invalid-data', `@capsnet/pretrained: ${url}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new Error('its SHA-256 can be checked only in a page that was loaded by https or from localhost');
  }
  const digest = await crypto.subtle.digest('SHA-256', bytes);
  return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('');
}
