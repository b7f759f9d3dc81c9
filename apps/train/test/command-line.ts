import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** Built; `npm run test:mutants` names another. */
export const built = process.env.CAPSNET_PROGRAM ?? join(import.meta.dirname, '..', 'bin', 'capsnet.js');

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Options {
  /** Default: the one that was built here. */
  readonly program?: string;
  readonly cwd: string;
  readonly env?: Record<string, string> | undefined;
  readonly onStart?: (process: ChildProcess) => void;
  /** Called with each line of stdout while the process runs. */
  readonly onLine?: (line: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the built command line as a process. */
export function capsnet(
  args: readonly string[],
  { program = built, cwd, env = {}, onStart, onLine }: Options,
): Promise<Finished> {
  // What npm and the user's shell say about the test is nothing to the program.
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^npm_|^CAPSNET_|^DEBUG$|^FORCE_COLOR$/.test(name),
  );
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    // Colours are asked for by a terminal, and by CI.
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...env },
  });
  onStart?.(child);
  const text = { stdout: '', stderr: '' };
  let seen = 0;
  child.stderr.on('data', chunk => {
    text.stderr += chunk;
  });
  child.stdout.on('data', chunk => {
    text.stdout += chunk;
    for (let end = text.stdout.indexOf('\n', seen); end >= 0; end = text.stdout.indexOf('\n', seen)) {
      onLine?.(text.stdout.slice(seen, end), signal => child.kill(signal));
      seen = end + 1;
    }
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, ...text }));
  });
}

export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);
}

/** Assignments as arguments. */
export function set(...assignments: readonly string[]): string[] {
  return assignments.flatMap(assignment => ['--set', assignment]);
}
