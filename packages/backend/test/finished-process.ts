import { spawn } from 'node:child_process';

/** What a program wrote, and how it ended. */
export interface Finished {
  readonly lines: readonly string[];
  readonly errors: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Runs a program of Node's to its end, in an environment that says nothing of TensorFlow but what is given. */
export function finish(
  script: string,
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TF_|CAPSNET_)/.test(name));
  const child = spawn(process.execPath, [script, ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), TF_CPP_MIN_LOG_LEVEL: '3', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', text => (output += text));
  child.stderr.setEncoding('utf8').on('data', text => (errors += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve({ lines: output.split('\n').filter(Boolean), errors, code, signal });
    });
  });
}
