import { randomUUID } from 'node:crypto';
import * as promises from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, CapsnetError, expectKnownOptions } from '@capsnet/checks';
import { type FolderLock, FolderLocked } from '@capsnet/checks/node';
import { type CheckpointStore, DamagedCheckpoint } from './checkpoint';
import { decodeCheckpoint, encodeCheckpoint, type StoredFile } from './checkpoint-files';
import { checkKeep, checkpointNames, nextName, outdated, parseName } from './checkpoint-name';
import { type FileSystem, isError, makeFolder, renameIn, writeFolder } from './durable-files';

/**
 * Keeps each checkpoint in a folder of its own: `step-00000469`, or `best-00000469` if it was the best so far. A process
 * may be killed, and the machine lose its power, at any moment: what is listed was written wholly. Only one process may
 * write at a time, which `lockFolder` sees to.
 *
 * @param folder made when first written to
 * @param options.keep number of ordinary checkpoints that stay; of the best ones, the last stays. Default 3
 * @param options.lock asked before anything is written and before a checkpoint gets its name: when another process has taken
 *   it over, `write` throws `FolderLocked` and leaves that one's checkpoints alone. Default none
 */
export function folderStore(
  folder: string,
  options: {
    readonly keep?: number | undefined;
    readonly lock?: Pick<FolderLock, 'expectHeld'> | undefined;
  } = {},
): CheckpointStore {
  expectKnownOptions('folderStore', options, ['keep', 'lock']);
  const { keep = 3, lock } = options;
  checkKeep(keep);
  return folderStoreOn(promises, folder, keep, lock);
}

/** {@link folderStore} on a given disk. */
export function folderStoreOn(
  disk: FileSystem,
  folder: string,
  keep: number,
  lock?: Pick<FolderLock, 'expectHeld'>,
): CheckpointStore {
  const remove = (entry: string) => disk.rm(join(folder, entry), { recursive: true, force: true });

  return {
    async write(checkpoint, options) {
      const files = await encodeCheckpoint(checkpoint, options);
      await lock?.expectHeld();
      await makeFolder(disk, folder);
      const entries = await disk.readdir(folder);
      const present = checkpointNames(entries);
      const written = nextName(options, present);
      await Promise.all(entries.filter(isLeftover).map(remove));

      const unfinished = temporaryName();
      try {
        await writeFolder(disk, join(folder, unfinished), files);
        await lock?.expectHeld();
        await renameIn(disk, folder, unfinished, written.name);
      } catch (cause) {
        // What was the matter with the writing is what the user must know.
        await remove(unfinished).catch(() => {});
        if (cause instanceof FolderLocked) throw cause;
        const reason = (cause as Error).message;
        throw new CapsnetError(
          'not-written',
          `checkpoint ${written.name}: could not be written to ${folder}: ${reason}`,
          { cause },
        );
      }
      for (const { name } of outdated(present, written, keep)) {
        // Renamed first: no listed checkpoint is ever half gone.
        const going = temporaryName();
        await disk.rename(join(folder, name), join(folder, going));
        await remove(going);
      }
      return written.name;
    },

    async read(name) {
      const path = join(folder, name);
      // The pattern of a name lets no path through.
      const entry = parseName(name);
      const stats = entry && (await lstatOrNull(disk, path));
      if (!stats) throw new CapsnetError('invalid-argument', `no checkpoint ${name} in ${folder}`);
      if (!stats.isDirectory()) {
        throw new DamagedCheckpoint(`checkpoint ${name}: expected a folder, found something else at ${path}`);
      }
      return decodeCheckpoint(entry, file => openFile(disk, join(path, file)));
    },

    async list() {
      const present = checkpointNames(await readdirOrEmpty(disk, folder));
      return present.map(({ name, step, isBest }) => ({ name, step, isBest }));
    },
  };
}

/** Of folders that are being written or removed. */
function temporaryName(): string {
  return `.unfinished-${randomUUID()}`;
}

function isLeftover(entry: string): boolean {
  return /^\.unfinished-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(entry);
}

/** Null if there is no regular file there; links are not followed. */
async function openFile(disk: FileSystem, path: string): Promise<StoredFile | null> {
  const stats = await lstatOrNull(disk, path);
  if (!stats?.isFile()) return null;
  return { size: stats.size, bytes: () => disk.readFile(path) as Promise<Bytes> };
}

async function lstatOrNull(disk: FileSystem, path: string) {
  try {
    return await disk.lstat(path);
  } catch (error) {
    if (isError(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

async function readdirOrEmpty(disk: FileSystem, path: string): Promise<string[]> {
  try {
    return await disk.readdir(path);
  } catch (error) {
    if (isError(error, 'ENOENT')) return [];
    throw error;
  }
}
