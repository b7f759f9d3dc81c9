import { spawn } from 'node:child_process';

interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** After this many milliseconds the process and its children are ended. */
  readonly timeout: number;
}

/**
 * Runs a program to its end without a shell.
 *
 * @returns what it wrote to its standard output
 * @throws an error with the line in which it spoke of one, or else the last it wrote, when it is missing, fails or takes too long
 */
export function run(
  program: string,
  args: readonly string[],
  { cwd, env, timeout }: RunOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    // A process group of its own: whatever the program has started ends with it.
    const grouped = process.platform !== 'win32';
    const child = spawn(program, args, { cwd, env, detached: grouped, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => {
      try {
        if (grouped) process.kill(-child.pid!, 'SIGKILL');
        else child.kill();
      } catch {
        // It has ended meanwhile.
      }
    };
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      end();
    }, timeout);
    process.once('exit', end);
    let output = '';
    let messages = '';
    child.stdout.setEncoding('utf8').on('data', text => (output += text));
    child.stderr.setEncoding('utf8').on('data', text => (messages += text));
    const settle = (failure?: string) => {
      clearTimeout(timer);
      process.off('exit', end);
      if (failure) reject(new Error(failure));
      else resolve(output);
    };
    child.once('error', error => settle(`${program} could not be started (${error.message})`));
    child.once('close', (code, signal) => {
      if (code === 0) settle();
      else if (late) settle(`${program} took longer than ${timeout / 1000} s`);
      else settle(`${program} ended with ${signal ?? `code ${code}`}${whyFrom(messages || output)}`);
    });
  });
}

/** Compilers, Node and pip end with lines that say less than those before: without a network, pip finds no version. */
function whyFrom(text: string): string {
  const lines = text.trim().split('\n');
  const line = (lines.find(each => /connection broken by|error:/i.test(each)) ?? lines.at(-1))?.trim();
  return line ? `: ${line.slice(0, 300)}` : '';
}
