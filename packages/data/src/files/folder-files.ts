import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError } from '../data-error';
import { type FileSource, prefixedName } from './file-source';
import { maxFileBytes } from './gunzip';

/**
 * `emnist-letters-test-images-idx3-ubyte.gz` -> `emnist-letters-`, `test`, `images`; some archives write `.idx3`, and the labels of
 * QMNIST are `labels-idx2-int`.
 */
const namePattern =
  /^(?<prefix>.*?)(?<part>train|t10k|test)-(?<content>images|labels)[-.]idx[123]-(?:ubyte|int)(?:\.gz)?$/i;

/** Files in a folder, raw if there is one, else gzip. */
export async function folderFiles(folder: string, wanted?: string): Promise<FileSource> {
  const names = await fileNames(folder);
  const found = names.flatMap(name => {
    const { prefix, part, content } = namePattern.exec(name)?.groups ?? {};
    return prefix === undefined
      ? []
      : [{ name, prefix, role: `${/train/i.test(part!) ? 'train' : 't10k'}-${content!.toLowerCase()}` }];
  });
  const prefix = wanted ?? onlyPrefix(folder, new Set(found.map(file => file.prefix)));
  return {
    prefix,
    async read(name) {
      const role = name.replace(/-idx.*/, '');
      const candidates = found
        .filter(file => file.prefix === prefix && file.role === role)
        .map(file => file.name);
      const file = candidates.find(candidate => !candidate.endsWith('.gz')) ?? candidates[0];
      if (file === undefined) {
        throw new DataError(
          `expected ${prefixedName(name, prefix)} (raw or .gz) in the folder ${folder}, found ${listed(names)}`,
        );
      }
      return { name: join(folder, file), bytes: await bytesOf(join(folder, file)) };
    },
  };
}

function onlyPrefix(folder: string, prefixes: ReadonlySet<string>): string {
  const [only = ''] = prefixes;
  if (prefixes.size <= 1) return only;
  if (prefixes.has('')) return '';
  const choices = [...prefixes].map(prefix => `'${prefix}'`).join(', ');
  throw new DataError(`the folder ${folder} holds several data sets: choose one by its prefix, ${choices}`);
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'no files';
  const rest = names.length - 10;
  return names.slice(0, 10).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter(entry => !entry.isDirectory())
      .map(entry => entry.name)
      .sort();
  } catch (cause) {
    throw new DataError(`expected a folder of IDX files, found ${problem(cause)}: ${folder}`, { cause });
  }
}

function problem(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'nothing';
  return code === 'ENOTDIR' ? 'a file' : message;
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    const state = await stat(path);
    // A device or a pipe need never end.
    if (!state.isFile()) throw new DataError(`${path}: expected a file, found a device or a pipe`);
    const { size } = state;
    if (size > maxFileBytes)
      throw new DataError(`${path}: expected at most ${maxFileBytes} bytes, found ${size}`);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
