import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'tsdown';
import { onTestFinished } from 'vitest';

/** A program that runs in a process of its own; it is killed when the test ends. */
export interface Program {
  readonly process: ChildProcess;
  writeLine(line: string): void;
  /** The next line that it prints; undefined when it has ended. */
  nextLine(): Promise<string | undefined>;
  /** Ends it without a chance to clean up, if it has not ended, and waits for that. */
  kill(): Promise<void>;
}

/**
 * Makes one file of a program and of what it imports from our sources, which Node cannot run. Everything else is imported
 * when it runs.
 *
 * @param entry the path of its TypeScript file, in a folder of a package
 * @returns the path of the file, and what removes it
 */
export async function bundle(entry: string): Promise<{ script: string; remove: () => Promise<void> }> {
  // In the package's node_modules, from where tfjs is found.
  const folder = await mkdtemp(join(dirname(entry), '../node_modules/.bundle-'));
  await build({
    entry,
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
    writeLine: line => child.stdin.write(`${line}\n`),
    nextLine: async () => {
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
