import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readFileOf } from '../files/read-file';
import { UsageError, withContext } from '../terminal/errors';

/** A larger picture is refused before it is read. */
export const maxFileBytes = 64 * 2 ** 20;

/** A picture that somebody has named, or that is one of many. */
export interface NamedPicture {
  /** `-` is the standard input. */
  readonly file: string;
  /** Whether its own name was given; one of a folder or a pattern may be left out if it cannot be read. */
  readonly isNamed: boolean;
}

const pictureName = /\.(png|jpe?g|jpe|jfif|webp|tiff?|gif|avif|bmp|dib)$/i;

/**
 * The pictures that arguments name: files, folders with pictures in them, patterns such as `scans/*.jpg` that the shell has left as they
 * are, and `-`.
 *
 * @throws UsageError for a folder or a pattern without pictures
 */
export async function picturesNamed(args: readonly string[]): Promise<NamedPicture[]> {
  const all: NamedPicture[] = [];
  for (const argument of args) {
    const state = argument === '-' ? undefined : statSync(argument, { throwIfNoEntry: false });
    if (state?.isDirectory()) {
      const names = readdirSync(argument).filter(name => pictureName.test(name) && !name.startsWith('.'));
      if (names.length === 0)
        throw new UsageError(`${argument}: expected pictures in this folder, found none`);
      for (const name of names.sort()) all.push({ file: join(argument, name), isNamed: false });
      continue;
    }
    const found = argument === '-' || state ? [] : await matching(argument);
    if (found.length > 0) for (const file of found) all.push({ file, isNamed: false });
    else all.push({ file: argument, isNamed: true });
  }
  if (all.filter(({ file }) => file === '-').length > 1)
    throw new UsageError('-: expected once, for the standard input can be read once');
  return all;
}

/** In order. @throws UsageError for a pattern that nothing matches */
async function matching(pattern: string): Promise<string[]> {
  const { glob, isDynamicPattern } = await import('tinyglobby');
  const slashed = process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern;
  if (!isDynamicPattern(slashed)) return [];
  const files = await glob(slashed, { expandDirectories: false });
  const pictures = files.filter(file => pictureName.test(file)).sort();
  if (pictures.length > 0) return pictures;
  throw new UsageError(`${pattern}: expected a pattern of pictures, found none that match it`);
}

/** @throws UsageError when it is missing, no file or too large */
export async function bytesOf({ file }: Pick<NamedPicture, 'file'>): Promise<Buffer> {
  return withContext(file, () => (file === '-' ? standardInput() : readFileOf(file, maxFileBytes)));
}

async function standardInput(): Promise<Buffer> {
  if (process.stdin.isTTY)
    throw new UsageError('-: expected a picture on the standard input, found a terminal');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxFileBytes) throw new UsageError(`-: expected at most ${maxFileBytes} bytes, found more`);
  }
  return Buffer.concat(chunks);
}
