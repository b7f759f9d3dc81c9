import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** A Python that has packages of PyPI. */
export interface Python {
  /** Where they lie; `PYTHONPATH`. */
  readonly packages: string;
  /** What a program prints. @throws what it wrote on stderr, if it fails */
  run(args: readonly string[], cwd: string): Promise<string>;
}

/**
 * Installs packages of exact versions, once for all clones, into a folder of their own: that needs pip, but no `venv`.
 *
 * @param requirements as `onnx==1.23.2`
 * @param python       the interpreter
 * @throws the reason why they cannot be had
 */
export async function pythonWith(requirements: readonly string[], python = 'python3'): Promise<Python> {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const version = (await output(python, ['-c', 'import sys; print(*sys.version_info[:2], sep=".")'])).trim();
  const name = [...requirements.map(requirement => requirement.replace('==', '-')), `python-${version}`];
  const packages = join(cache, 'capsnet', name.join('-'));
  if (!existsSync(packages)) {
    await mkdir(dirname(packages), { recursive: true });
    // Moved to its place when it is whole: another process may want the same.
    const part = await mkdtemp(`${packages}.`);
    try {
      const quiet = ['--quiet', '--disable-pip-version-check', '--no-cache-dir'];
      await output(python, ['-m', 'pip', 'install', ...quiet, '--target', part, ...requirements]);
      await rename(part, packages).catch(error => {
        if (!existsSync(packages)) throw error;
      });
    } finally {
      await rm(part, { recursive: true, force: true });
    }
  }
  return { packages, run: (args, cwd) => output(python, args, { cwd, packages }) };
}

function output(
  program: string,
  args: readonly string[],
  { cwd, packages }: { readonly cwd?: string; readonly packages?: string } = {},
): Promise<string> {
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    // No compiled modules beside what a test looks at.
    env: { ...process.env, ...(packages && { PYTHONPATH: packages }), PYTHONDONTWRITEBYTECODE: '1' },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) resolve(stdout);
      else
        reject(
          new Error(`${program} ${args.slice(0, 3).join(' ')} ended with ${code}: ${stderr.slice(-2000)}`),
        );
    });
  });
}
