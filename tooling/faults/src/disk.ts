import { execFileSync } from 'node:child_process';
import { onTestFinished, type TestContext } from 'vitest';
import { skipBecause } from './counts';

/** A file system of its own at a folder, for as long as the test runs. */
export interface Disk {
  resize(kibibytes: number): void;
}

/** Mounts a file system in memory; skips the test where that cannot be done. */
export function mountDisk(context: TestContext, folder: string, kibibytes: number): Disk {
  mount(context, folder, ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder]);
  return { resize: size => run(['-o', `remount,size=${size}k`, folder]) };
}

/** Makes a folder read-only, which permissions do not for root; skips the test where that cannot be done. */
export function mountReadOnly(context: TestContext, folder: string): { unmount(): void } {
  const unmount = mount(context, folder, ['--bind', folder, folder]);
  run(['-o', 'remount,bind,ro', folder]);
  return { unmount };
}

function mount(context: TestContext, folder: string, args: readonly string[]): () => void {
  if (process.platform !== 'linux')
    skipBecause(context, `mounting is tested on Linux, and this is ${process.platform}`);
  try {
    run(args);
  } catch (error) {
    skipBecause(context, `needs the right to mount: ${(error as Error).message.trim().split('\n').at(-1)}`);
  }
  let isMounted = true;
  const unmount = () => {
    if (isMounted) execFileSync('umount', [folder]);
    isMounted = false;
  };
  onTestFinished(unmount);
  return unmount;
}

function run(args: readonly string[]): void {
  execFileSync('mount', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
