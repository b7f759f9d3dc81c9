import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'tsdown';
import { onTestFinished } from 'vitest';

/** A program of this folder that ran or runs in a process of its own; it is killed when the test ends. */
export interface Program {
  readonly process: ChildProcess;
  say(line: string): void;
  /** The next line that it prints; undefined when it has ended. */
  hear(): Promise<string | undefined>;
  /** Ends it without a chance to clean up, if it has not ended, and waits for that. */
  kill(): Promise<void>;
}

/**
 * Makes one file of a program of this folder and of what it imports from the sources, for Node cannot run those.
 *
 * @returns its path and what removes it
 */
export async function bundle(entry: string): Promise<{ script: string; remove: () => Promise<void> }> {
  // In node_modules, from where tfjs is found.
  const folder = await mkdtemp(join(import.meta.dirname, '../node_modules/.bundle-'));
  await build({
    entry: join(import.meta.dirname, entry),
    outDir: folder,
    config: false,
    dts: false,
    logLevel: 'silent',
    platform: 'node',
    external: /^@tensorflow\//,
    noExternal: /^@capsnet\//,
    inputOptions: { resolve: { conditionNames: ['@capsnet/source', 'node', 'import'] } },
    outExtensions: () => ({ js: '.mjs' }),
  });
  const script = join(folder, basename(entry).replace(/\.ts$/, '.mjs'));
  return { script, remove: () => rm(folder, { recursive: true, force: true }) };
}

export function start(script: string, args: readonly string[]): Program {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const program: Program = {
    process: child,
    say: line => child.stdin.write(`${line}\n`),
    hear: async () => {
      const { value } = await lines.next();
      return value as string | undefined;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
  onTestFinished(program.kill);
  return program;
}
