import { CapsnetError, expectKnownOptions, sha256 } from '@capsnet/checks';
import type { CapsNet } from '@capsnet/core';
import type { FileOfModel, ModelCard } from './model-card';
import { decodeQuantised } from './quantised';
import { readFile } from './read-file';

export interface LoadOptions {
  /**
   * Whether the network can reconstruct. Default true. Without, its decoder's file is not fetched, and its configuration
   * says `decoder: null`.
   */
  readonly decoder?: boolean;
  /**
   * Where the files of the network are, which this package exports as `@capsnet/pretrained/models/NAME/weights.safetensors` and
   * `decoder.safetensors`: the address of their folder, or for each its address or its bytes. By default where the package is
   * installed, or a bundler put them. Whatever they come from, they have to be the published ones.
   */
  readonly files?: ModelFiles;
  /** Called while bytes come in. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Aborts loading; the promise is then rejected with its reason. */
  readonly signal?: AbortSignal;
}

/** The names of {@link LoadOptions}. */
export const loadOptions = [
  'decoder',
  'files',
  'onProgress',
  'signal',
] as const satisfies readonly (keyof LoadOptions)[];

/** In bytes, all files together. */
export interface LoadProgress {
  readonly loaded: number;
  readonly total: number;
}

/** The address of the folder of a network's files, or each file; the decoder's is not needed with `decoder: false`. */
export type ModelFiles =
  | string
  | URL
  | { readonly weights: ModelFile; readonly decoder?: ModelFile | undefined };

/** The address of a file, in a page also relative to it; or the file's bytes. */
export type ModelFile = string | URL | Uint8Array | ArrayBuffer;

/**
 * Reads the files of a model, holds them against its card and makes the network.
 *
 * @param filesHere where the files are, beside the module, unless the options say it
 */
export async function loadModel(
  { files }: ModelCard,
  filesHere: () => ModelFiles,
  options: LoadOptions,
): Promise<CapsNet> {
  expectKnownOptions('load', options, loadOptions);
  const { decoder = true, files: from = beside(filesHere), onProgress, signal } = options;
  if (typeof from === 'object' && !('href' in from))
    expectKnownOptions('load: files', from, ['weights', 'decoder']);
  const said = options.files !== undefined;
  const total = files.weights.bytes + (decoder ? files.decoder.bytes : 0);
  let loaded = 0;
  const onBytes = (count: number) => {
    loaded += count;
    onProgress?.({ loaded, total });
  };
  const read = async (part: Part) =>
    readChecked(locate(from, part), files[part], { part, said, signal, onBytes });
  const [weights, decoding] = await Promise.all([read('weights'), decoder ? read('decoder') : null]);
  signal?.throwIfAborted();
  return decodeQuantised({ weights, decoder: decoding });
}

function beside(filesHere: () => ModelFiles): ModelFiles {
  try {
    return filesHere();
  } catch (cause) {
    throw new CapsnetError(
      'invalid-argument',
      '@capsnet/pretrained: expected import.meta.url to say where the package is, found nothing: a bundle in CommonJS has to leave it out, or say in files where they are',
      { cause },
    );
  }
}

type Part = 'weights' | 'decoder';

function locate(from: ModelFiles, part: Part): ModelFile {
  if (typeof from === 'string') return `${from.replace(/\/$/, '')}/${part}.safetensors`;
  if ('href' in from) return locate(from.href, part);
  const file = from[part];
  if (file !== undefined) return file;
  const without = part === 'decoder' ? '; to load without it, decoder: false' : '';
  throw new CapsnetError(
    'invalid-argument',
    `@capsnet/pretrained: files.${part}: expected an address or bytes, found none${without}`,
  );
}

async function readChecked(
  file: ModelFile,
  { bytes: size, sha256: expected }: FileOfModel,
  options: {
    part: Part;
    /** Whether the caller said where the file is. */
    said: boolean;
    signal: AbortSignal | undefined;
    onBytes: (count: number) => void;
  },
): Promise<Uint8Array> {
  options.signal?.throwIfAborted();
  try {
    const bytes = isAddress(file) ? await readFile(String(file), { size, ...options }) : new Uint8Array(file);
    if (bytes.length !== size) throw new Error(`expected ${size} bytes, found ${bytes.length}`);
    const found = await sha256(bytes);
    if (found !== expected)
      throw new Error(`expected the SHA-256 ${expected}, found ${found}: not the published file`);
    if (!isAddress(file)) options.onBytes(size);
    return bytes;
  } catch (cause) {
    options.signal?.throwIfAborted();
    const where = isAddress(file) ? file : `files.${options.part}`;
    const elsewhere = options.said ? '' : '; if it was left out of a bundle, say in files where it is';
    throw new CapsnetError(
      'invalid-data',
      `@capsnet/pretrained: ${where}: ${(cause as Error).message}${elsewhere}`,
      { cause },
    );
  }
}

function isAddress(file: ModelFile): file is string | URL {
  return typeof file === 'string' || 'href' in file;
}
