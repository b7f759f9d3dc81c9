import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FolderLock, FolderLocked, lockFolder } from '@capsnet/checks/node';

/**
 * Runs a task while no other process works in this folder; waits for its turn.
 *
 * @param folder made if it is not there
 * @param log receives a line if there is somebody to wait for, which says for whom
 */
export async function alone<T>(
  folder: string,
  task: () => Promise<T>,
  log: (line: string) => void,
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const lock = await lockWhenFree(folder, log);
  try {
    return await task();
  } finally {
    await lock.release();
  }
}

async function lockWhenFree(folder: string, log: (line: string) => void): Promise<FolderLock> {
  for (let attempts = 0; ; attempts++) {
    try {
      return await lockFolder(folder);
    } catch (error) {
      if (!(error instanceof FolderLocked)) throw error;
      if (attempts === 0) log(`Waiting: ${error.message}`);
      await sleep(500);
    }
  }
}
