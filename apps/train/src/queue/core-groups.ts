import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * The processors of this machine in groups of equal size, one for each of n processes; undefined for each where processes
 * cannot be bound to processors, which takes Linux and `taskset`. More processes than processors share them.
 */
export function coreGroups(count: number): readonly (readonly number[] | undefined)[] {
  const groups = Array.from({ length: count }, (_, index) => index);
  const cores = allowedCores();
  if (!cores) return groups.map(() => undefined);
  const size = Math.max(1, Math.floor(cores.length / count));
  return groups.map(group =>
    Array.from({ length: size }, (_, index) => cores[(group * size + index) % cores.length]!),
  );
}

/** Those that this process may use. */
function allowedCores(): number[] | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    const status = readFileSync('/proc/self/status', 'utf8');
    return parseCores(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)![1]!);
  } catch {
    return undefined;
  }
}

/** `0-3,8` */
export function parseCores(list: string): number[] {
  return list.split(',').flatMap(range => {
    const [first, last = first] = range.split('-').map(Number) as [number, number?];
    return Array.from({ length: last! - first + 1 }, (_, index) => first + index);
  });
}
