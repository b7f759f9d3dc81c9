import { randomUUID } from 'node:crypto';
import { constants, readFileSync, unlinkSync } from 'node:fs';
import { copyFile, link, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CapsnetError } from './capsnet-error';

/** Another process uses the folder. The message says which one, since when, and what to do. */
export class FolderLocked extends CapsnetError {
  override readonly name = 'FolderLocked';

  constructor(message: string) {
    super('in-use', message);
  }
}

/** What a lock file says of the process that holds it. */
interface Holder {
  /** Of this lock, and of no other ever. */
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** Tells apart processes that had the same pid, where the system shows it; else null. */
  readonly started: string | null;
  /** When the lock was taken. */
  readonly since: string;
}

const lockFile = '.lock';

/**
 * Keeps other processes out of a folder until released, or until this process ends in whatever way: the lock of a process
 * that was killed is recognised at once, unless it ran on another host.
 *
 * @param folder exists
 * @returns releases the lock
 * @throws {@link FolderLocked} if another process, or this one, holds the lock
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const holder: Holder = {
    id: randomUUID(),
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid),
    since: new Date().toISOString(),
  };
  const path = join(folder, lockFile);
  await acquire(path, holder, folder);
  await removeLeftovers(folder, holder);

  const releaseAtExit = () => {
    try {
      unlinkSync(path);
    } catch {
      // There is nobody left to hear of it, and the lock of a process that has ended counts for nothing.
    }
  };
  process.once('exit', releaseAtExit);
  return async () => {
    if (!process.listeners('exit').includes(releaseAtExit)) return;
    process.removeListener('exit', releaseAtExit);
    await rm(path, { force: true });
  };
}

/**
 * Makes the file at `path` say that this process owns it. One that a dead process has left is replaced under a lock of its
 * own, named after the one to be replaced; so two that find it at the same time cannot both replace it, nor can the
 * slower one replace what the faster one has put there.
 */
async function acquire(path: string, holder: Holder, folder: string): Promise<void> {
  for (;;) {
    if (await create(path, holder)) return;
    const found = await readHolder(path, folder);
    // Released in the meantime.
    if (!found) continue;
    if (isAlive(found)) throw new FolderLocked(describe(found, folder, path));
    const replacing = `${path}.${found.id}`;
    await acquire(replacing, holder, folder);
    try {
      if ((await readHolder(path, folder))?.id !== found.id) continue;
      await writeNew(path, holder, rename);
      return;
    } finally {
      await rm(replacing, { force: true });
    }
  }
}

/** Whether there was no such file and now there is ours. It has all of its content from the first moment. */
async function create(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeNew(path, holder, async (written, to) => {
      try {
        await link(written, to);
      } catch (error) {
        // A file system without hard links.
        if (!isError(error, 'EPERM', 'ENOTSUP', 'ENOSYS')) throw error;
        await copyFile(written, to, constants.COPYFILE_EXCL);
      }
    });
    return true;
  } catch (error) {
    if (isError(error, 'EEXIST')) return false;
    throw error;
  }
}

async function writeNew(
  path: string,
  holder: Holder,
  place: (written: string, to: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.new-${randomUUID()}`;
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(`${JSON.stringify(holder)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await place(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Null if there is none. */
async function readHolder(path: string, folder: string): Promise<Holder | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isError(error, 'ENOENT')) return null;
    throw error;
  }
  const holder = parseHolder(text);
  if (holder) return holder;
  throw new FolderLocked(
    `${folder} may be in use: expected ${path} to name a process, found ${JSON.stringify(text.slice(0, 80))}. ` +
      'Remove that file if no process uses the folder',
  );
}

function parseHolder(text: string): Holder | null {
  try {
    const { id, pid, host, started, since } = JSON.parse(text) as Holder;
    const good =
      /^[0-9a-f-]{36}$/.test(id) &&
      Number.isSafeInteger(pid) &&
      pid > 0 &&
      typeof host === 'string' &&
      (started === null || typeof started === 'string') &&
      typeof since === 'string';
    return good ? { id, pid, host, started, since } : null;
  } catch {
    return null;
  }
}

/** Whether the process runs still, as far as can be told from here: one on another host may. */
function isAlive({ pid, host, started }: Holder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM is the answer where the process is of another user.
    if (isError(error, 'ESRCH')) return false;
  }
  const startNow = startOf(pid);
  return started === null || startNow === null || started === startNow;
}

/** When a process began, as the machine's start and clock ticks since then, or that it ended; null where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    // The second field is the program's name in parentheses, which may hold anything; the start is the 22nd.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Killed, but its parent has not asked how it ended: in containers the first process often never does.
    if (fields[0] === 'Z' || fields[0] === 'X') return 'ended';
    const ticks = fields[19];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${ticks}`;
  } catch {
    return null;
  }
}

function describe({ pid, host, since }: Holder, folder: string, path: string): string {
  const remedy =
    host === hostname()
      ? `Wait until it ends, or stop it. If process ${pid} is another program, remove ${path}`
      : `If it does not run any more, remove ${path}`;
  return `${folder} is in use by process ${pid} on ${host} since ${since}. ${remedy}`;
}

/** What killed processes have left. It has no effect: whoever would go by it finds that the lock is ours. */
async function removeLeftovers(folder: string, holder: Holder): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(`${lockFile}.`)) continue;
    const path = join(folder, entry);
    const found = parseHolder(await readFile(path, 'utf8').catch(() => ''));
    if (found && found.id !== holder.id && !isAlive(found)) await rm(path, { force: true });
  }
}

function isError(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}
