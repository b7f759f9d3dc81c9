import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What a lock file says of the process that holds it. */
export interface Holder {
  /** Of this lock, and of no other ever. */
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  /** The machine's start and the process's own, where the system shows them: a pid comes again. Else null. */
  readonly started: string | null;
  /**
   * In which the pid counts, as a container has one of its own; null where the system has none. Undefined in a lock of an
   * earlier version, whose holder gives no signs of life.
   */
  readonly namespace?: string | null | undefined;
  /** When the lock was taken. */
  readonly since: string;
}

/** How often a holder gives a sign of life, in milliseconds. */
export const signEvery = 15_000;
/** After this long without one, a holder whose process cannot be seen from here has ended. In milliseconds. */
export const longestSilence = 120_000;

/** A lock's holder that is this process. */
export function thisProcess(): Holder {
  return {
    id: randomUUID(),
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid),
    namespace: pidNamespace(),
    since: new Date().toISOString(),
  };
}

/** Null for a text that no lock file has. */
export function parseHolder(text: string): Holder | null {
  try {
    const { id, pid, host, started, namespace, since } = JSON.parse(text) as Holder;
    const good =
      /^[0-9a-f-]{36}$/.test(id) &&
      Number.isSafeInteger(pid) &&
      pid > 0 &&
      typeof host === 'string' &&
      (started === null || typeof started === 'string') &&
      (namespace === undefined || namespace === null || typeof namespace === 'string') &&
      typeof since === 'string';
    return good ? { id, pid, host, started, namespace, since } : null;
  } catch {
    return null;
  }
}

/** What can be told from here of a process: `runs` and `ended` are seen, `heard` has given a sign of life lately. */
export type Life = 'ended' | 'runs' | 'heard' | 'unknown';

/** @param silence milliseconds since the last sign of life */
export function lifeOf({ pid, host, started, namespace }: Holder, silence: number): Life {
  const [boot, bootHere] = [bootOf(started), bootOf(startOf(process.pid))];
  const sameBoot = boot !== null && boot === bootHere;
  const sameHost = host === hostname();
  if (sameHost && boot !== null && bootHere !== null && !sameBoot) return 'ended';
  if (namespace === undefined) return sameHost ? seen(pid, started) : 'unknown';
  // A host may have another name by now.
  if ((sameHost || sameBoot) && namespace === pidNamespace()) return seen(pid, started);
  return silence < longestSilence ? 'heard' : 'ended';
}

function seen(pid: number, started: string | null): Life {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM is the answer where the process is of another user.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return 'ended';
  }
  const startNow = startOf(pid);
  return started === null || startNow === null || started === startNow ? 'runs' : 'ended';
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

function bootOf(started: string | null): string | null {
  return started?.split(' ')[0] ?? null;
}

function pidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}
