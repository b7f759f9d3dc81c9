import { randomUUID } from 'node:crypto';
import { lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CheckpointStore, DamagedCheckpoint } from './checkpoint';
import { decodeCheckpoint, encodeCheckpoint, type Files, type StoredFile } from './checkpoint-files';
import { checkKeep, checkpointNames, nextName, outdated, parseName } from './checkpoint-name';

/**
 * Keeps each checkpoint in a folder of its own: `step-00000469`, or `best-00000469` if it was the best so far. A process
 * may be killed, and the machine lose its power, at any moment: what is listed was written wholly. Only one process may
 * write at a time, which {@link lockFolder} sees to.
 *
 * @param folder made when first written to
 * @param options.keep number of ordinary checkpoints that stay; of the best ones, the last stays. Default 3
 */
export function folderStore(
  folder: string,
  { keep = 3 }: { readonly keep?: number | undefined } = {},
): CheckpointStore {
  checkKeep(keep);

  return {
    async write(checkpoint, options) {
      const files = await encodeCheckpoint(checkpoint, options);
      const made = await mkdir(folder, { recursive: true });
      if (made !== undefined) await syncFolder(dirname(folder));
      const entries = await readdir(folder);
      const present = checkpointNames(entries);
      const written = nextName(options, present);
      await Promise.all(entries.filter(isLeftover).map(entry => removeFolder(join(folder, entry))));

      const unfinished = join(folder, temporaryName());
      try {
        await writeFolder(unfinished, files);
        await rename(unfinished, join(folder, written.name));
        await syncFolder(folder);
      } catch (cause) {
        // What was the matter with the writing is what the user must know.
        await removeFolder(unfinished).catch(() => {});
        const reason = (cause as Error).message;
        throw new Error(`checkpoint ${written.name}: could not be written to ${folder}: ${reason}`, {
          cause,
        });
      }
      for (const { name } of outdated(present, written, keep)) {
        // Renamed first: no listed checkpoint is ever half gone.
        const going = join(folder, temporaryName());
        await rename(join(folder, name), going);
        await removeFolder(going);
      }
      return written.name;
    },

    async read(name) {
      const path = join(folder, name);
      // The pattern of a name lets no path through.
      const entry = parseName(name);
      const stats = entry && (await lstatOrNull(path));
      if (!stats) throw new Error(`no checkpoint ${name} in ${folder}`);
      if (!stats.isDirectory()) {
        throw new DamagedCheckpoint(`checkpoint ${name}: expected a folder, found something else at ${path}`);
      }
      return decodeCheckpoint(entry, file => openFile(join(path, file)));
    },

    async list() {
      const present = checkpointNames(await readdirOrEmpty(folder));
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

function removeFolder(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}

async function writeFolder(path: string, files: Files): Promise<void> {
  await mkdir(path);
  for (const [name, bytes] of files) {
    const file = await open(join(path, name), 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }
  await syncFolder(path);
}

/** Makes names last; does nothing where folders cannot be synchronised, as on Windows. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!isError(error, 'EPERM', 'EISDIR', 'EINVAL', 'ENOTSUP')) throw error;
  }
}

/** Null if there is no regular file there; links are not followed. */
async function openFile(path: string): Promise<StoredFile | null> {
  const stats = await lstatOrNull(path);
  if (!stats?.isFile()) return null;
  return { size: stats.size, bytes: () => readFile(path) as Promise<Uint8Array<ArrayBuffer>> };
}

async function lstatOrNull(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (isError(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}

async function readdirOrEmpty(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (isError(error, 'ENOENT')) return [];
    throw error;
  }
}

function isError(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
