import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import lockfile from 'proper-lockfile';

/**
 * Runs a task while no other process works in this folder; waits for its turn.
 *
 * @param stale after so many milliseconds without a sign of life the lock of a killed process is taken over
 */
export async function alone<T>(folder: string, task: () => Promise<T>, stale = 20_000): Promise<T> {
  await mkdir(folder, { recursive: true });
  const release = await lockfile.lock(folder, {
    lockfilePath: join(folder, 'lock'),
    stale,
    retries: { forever: true, minTimeout: 500, maxTimeout: 2_000 },
    // A computer that slept has lost its lock; every result gets its name in one step, so going on does no harm.
    onCompromised: () => {},
  });
  try {
    return await task();
  } finally {
    await release().catch(() => {});
  }
}
