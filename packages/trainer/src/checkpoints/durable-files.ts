import type * as promises from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Files } from './checkpoint-files';

/** What a folder store asks of a disk: these functions of `node:fs/promises`. */
export type FileSystem = Pick<
  typeof promises,
  'lstat' | 'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'rm'
>;

/** Makes a folder, and those above it, so that all of them are there after a loss of power. */
export async function makeFolder(disk: FileSystem, path: string): Promise<void> {
  const folder = resolve(path);
  const first = await disk.mkdir(folder, { recursive: true });
  if (first === undefined) return;
  // The name of each new folder is in the one above it.
  for (let made = folder; made.length >= first.length; made = dirname(made)) {
    await syncFolder(disk, dirname(made));
  }
}

/** Writes a new folder of files; when this is done, all of it is on the disk. */
export async function writeFolder(disk: FileSystem, path: string, files: Files): Promise<void> {
  await disk.mkdir(path);
  for (const [name, bytes] of files) {
    const file = await disk.open(join(path, name), 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }
  await syncFolder(disk, path);
}

/** Renames within a folder; when this is done, the new name is on the disk. */
export async function renameIn(disk: FileSystem, folder: string, from: string, to: string): Promise<void> {
  await disk.rename(join(folder, from), join(folder, to));
  await syncFolder(disk, folder);
}

/** Makes names last; does nothing where folders cannot be synchronised, as on Windows. */
async function syncFolder(disk: FileSystem, path: string): Promise<void> {
  try {
    const folder = await disk.open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!isError(error, 'EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP')) throw error;
  }
}

/** Whether the system said one of these. */
export function isError(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
