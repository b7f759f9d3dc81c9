import { randomUUID } from 'node:crypto';
import { constants, readFileSync, unlinkSync } from 'node:fs';
import { copyFile, link, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CapsnetError } from './capsnet-error';
import {
  type Holder,
  type Life,
  lifeOf,
  longestSilence,
  parseHolder,
  signEvery,
  thisProcess,
} from './lock-holder';

/** Another process uses the folder. The message says which one, since when, and what to do. */
export class FolderLocked extends CapsnetError {
  override readonly name = 'FolderLocked';

  constructor(message: string) {
    super('in-use', message);
  }
}

/** That this process alone uses a folder. */
export interface FolderLock {
  /**
   * To be asked before something is written that another process must not find overwritten.
   *
   * @throws {@link FolderLocked} if another process has taken the folder over, or somebody has removed the lock
   */
  expectHeld(): Promise<void>;
  /** Lets others in. The lock of a process that has taken the folder over is left alone. */
  release(): Promise<void>;
}

const lockFile = '.lock';

/**
 * Keeps other processes out of a folder until released, or until this process ends in whatever way. The lock of a process
 * that was killed is recognised at once where its process can be seen. One of another host or another container is
 * recognised by its silence: a holder touches its lock every 15 seconds, and one that has not for two minutes, by the clock of the
 * file system, has ended.
 *
 * @param folder exists
 * @param options.takeOver takes the lock from a process that holds it, too. If it lives, its `expectHeld` throws from then
 *   on. Default false
 * @throws {@link FolderLocked} if another process, or this one, holds the lock
 */
export async function lockFolder(
  folder: string,
  { takeOver = false }: { readonly takeOver?: boolean | undefined } = {},
): Promise<FolderLock> {
  const holder = thisProcess();
  const path = join(folder, lockFile);
  await acquire(path, holder, folder, takeOver);
  await removeLeftovers(folder, holder);

  const signs = setInterval(() => void giveSign(path, holder), signEvery).unref();
  const releaseAtExit = () => {
    try {
      if (parseHolder(readFileSync(path, 'utf8'))?.id === holder.id) unlinkSync(path);
    } catch {
      // There is nobody left to hear of it, and the lock of a process that has ended counts for nothing.
    }
  };
  process.once('exit', releaseAtExit);
  return {
    async expectHeld() {
      const found = await readLock(path, folder);
      if (found?.holder.id === holder.id) return;
      const what = found
        ? `process ${found.holder.pid} on ${found.holder.host} has taken over ${folder}`
        : `${path} was removed, so that another process may use ${folder}`;
      throw new FolderLocked(`${what}: this process writes nothing more there`);
    },
    async release() {
      if (!process.listeners('exit').includes(releaseAtExit)) return;
      process.removeListener('exit', releaseAtExit);
      clearInterval(signs);
      const found = await readLock(path, folder);
      if (found?.holder.id === holder.id) await rm(path, { force: true });
    },
  };
}

/** Who uses a folder. */
export interface FolderUser {
  readonly pid: number;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
}

/**
 * The process that holds a folder's lock, as far as it can be told from here; null where there is none, or it has ended. Asks only.
 *
 * @throws {@link FolderLocked} if the lock names nobody
 */
export async function folderUser(folder: string): Promise<FolderUser | null> {
  const found = await readLock(join(folder, lockFile), folder);
  if (!found || lifeOf(found.holder, Date.now() - found.lastSign) === 'ended') return null;
  const { pid, host, since } = found.holder;
  return { pid, host, since };
}

/**
 * Has the file system set the lock's time by its own clock. One that another process has put there meanwhile is not touched, for
 * what is read and written is one open file.
 */
async function giveSign(path: string, holder: Holder): Promise<void> {
  try {
    const file = await open(path, 'r+');
    try {
      const text = await file.readFile('utf8');
      if (parseHolder(text)?.id === holder.id) await file.write(text, 0);
    } finally {
      await file.close();
    }
  } catch {
    // The disk may be full for a while. That the lock is gone, `expectHeld` says.
  }
}

/**
 * Makes the file at `path` say that this process owns it. One that a dead process has left is replaced under a lock of its
 * own, named after the one to be replaced; so two that find it at the same time cannot both replace it, nor can the
 * slower one replace what the faster one has put there.
 */
async function acquire(path: string, holder: Holder, folder: string, takeOver: boolean): Promise<void> {
  for (;;) {
    const { created, now } = await create(path, holder);
    if (created) return;
    const found = await readLock(path, folder, takeOver);
    // Released in the meantime.
    if (!found) continue;
    const silence = now - found.lastSign;
    const life = lifeOf(found.holder, silence);
    if (life !== 'ended' && !takeOver)
      throw new FolderLocked(describe(found.holder, life, silence, folder, path));
    const replacing = `${path}.${found.holder.id}`;
    await acquire(replacing, holder, folder, false);
    try {
      if ((await readLock(path, folder, takeOver))?.holder.id !== found.holder.id) continue;
      await writeNew(path, holder, rename);
      return;
    } finally {
      await rm(replacing, { force: true });
    }
  }
}

/** Whether there was no such file and now there is ours, with all of its content from the first moment; and the file system's time. */
async function create(
  path: string,
  holder: Holder,
): Promise<{ readonly created: boolean; readonly now: number }> {
  let created = true;
  const now = await writeNew(path, holder, async (written, to) => {
    try {
      await placeNew(written, to);
    } catch (error) {
      if (!isError(error, 'EEXIST')) throw error;
      created = false;
    }
  });
  return { created, now };
}

async function placeNew(written: string, to: string): Promise<void> {
  try {
    await link(written, to);
  } catch (error) {
    // A file system without hard links.
    if (!isError(error, 'EPERM', 'ENOTSUP', 'ENOSYS')) throw error;
    await copyFile(written, to, constants.COPYFILE_EXCL);
  }
}

/** @returns when it was written, by the clock of the file system */
async function writeNew(
  path: string,
  holder: Holder,
  place: (written: string, to: string) => Promise<void>,
): Promise<number> {
  const temporary = `${path}.new-${randomUUID()}`;
  try {
    const file = await open(temporary, 'wx');
    let now: number;
    try {
      await file.writeFile(`${JSON.stringify(holder)}\n`);
      await file.sync();
      now = (await file.stat()).mtimeMs;
    } finally {
      await file.close();
    }
    await place(temporary, path);
    return now;
  } finally {
    await rm(temporary, { force: true });
  }
}

interface Lock {
  readonly holder: Holder;
  /** By the clock of the file system, in milliseconds. */
  readonly lastSign: number;
}

/** Of a file that names nobody. */
const unreadable: Holder = {
  id: '00000000-0000-0000-0000-000000000000',
  pid: 0,
  host: '',
  started: null,
  since: '',
};

/** Null if there is none. */
async function readLock(path: string, folder: string, takeOver = false): Promise<Lock | null> {
  let text: string;
  let lastSign: number;
  try {
    text = await readFile(path, 'utf8');
    lastSign = (await stat(path)).mtimeMs;
  } catch (error) {
    if (isError(error, 'ENOENT')) return null;
    if (isError(error, 'EISDIR')) throw namesNobody('a folder');
    throw error;
  }
  const holder = parseHolder(text) ?? (takeOver ? unreadable : null);
  if (holder) return { holder, lastSign };
  throw namesNobody(JSON.stringify(text.slice(0, 80)));

  function namesNobody(found: string): FolderLocked {
    return new FolderLocked(
      `${folder} may be in use: expected ${path} to name a process, found ${found}. ` +
        'Remove it if no process uses the folder',
    );
  }
}

function describe(
  { pid, host, since }: Holder,
  life: Exclude<Life, 'ended'>,
  silence: number,
  folder: string,
  path: string,
): string {
  const seconds = (milliseconds: number) => Math.max(0, Math.round(milliseconds / 1000));
  const doubt = {
    runs: `If process ${pid} is another program`,
    heard:
      `Its last sign of life was ${seconds(silence)} s ago; after ${seconds(longestSilence)} s it counts as ended. ` +
      'If you know that it has',
    unknown: 'If it does not run any more',
  }[life];
  return (
    `${folder} is in use by process ${pid} on ${host} since ${since}. Wait until it ends, or stop it. ` +
    `${doubt}, remove ${path}`
  );
}

/** What killed processes have left. It has no effect: whoever would go by it finds that the lock is ours. */
async function removeLeftovers(folder: string, own: Holder): Promise<void> {
  const now = (await readLock(join(folder, lockFile), folder))?.lastSign ?? 0;
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(`${lockFile}.`)) continue;
    const path = join(folder, entry);
    const found = await readLock(path, folder).catch(() => null);
    if (!found || found.holder.id === own.id) continue;
    if (lifeOf(found.holder, now - found.lastSign) === 'ended') await rm(path, { force: true });
  }
}

function isError(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
