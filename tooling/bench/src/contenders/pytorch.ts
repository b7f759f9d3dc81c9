import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const torchVersion = '2.15.0';
const aiohttpVersion = '3.14.5';

/** Outside the checkout, once for all clones. */
export function pytorchFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'capsnet', `pytorch-${torchVersion}`);
}

/** The interpreter of a virtual environment. */
export function pythonOf(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

/**
 * A Python with PyTorch: makes a virtual environment and installs PyTorch from PyPI, unless an earlier run did.
 * On Linux its packages for graphics processors come with it, without which it does not start: 5 GB.
 *
 * @param tell is told what happens
 * @returns the interpreter's path
 * @throws an Error with the reason if that cannot be had here
 */
export async function providePyTorch(
  tell: (line: string) => void,
  folder = pytorchFolder(),
): Promise<string> {
  const python = pythonOf(folder);
  const stamp = join(folder, 'installed');
  if (existsSync(stamp) && existsSync(python)) return python;

  const base = await firstPython();
  tell(`installing PyTorch ${torchVersion} into ${folder}: several gigabytes to download, once`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await run(base, ['-m', 'venv', folder]);
  const quiet = ['--quiet', '--no-cache-dir', '--disable-pip-version-check'];
  await run(python, ['-m', 'pip', 'install', ...quiet, `torch==${torchVersion}`]);
  await run(python, ['-c', 'import torch']);
  await writeFile(stamp, '');
  return python;
}

/** Adds the HTTP server that the script in PyTorch runs on, where it is missing. @throws an Error with the reason */
export async function provideAiohttp(python: string): Promise<void> {
  const isThere = await run(python, [
    '-c',
    `import aiohttp; assert aiohttp.__version__ == '${aiohttpVersion}'`,
  ]).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const quiet = ['--quiet', '--no-cache-dir', '--disable-pip-version-check'];
  await run(python, ['-m', 'pip', 'install', ...quiet, `aiohttp==${aiohttpVersion}`]);
}

async function firstPython(): Promise<string> {
  const candidates = process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python'];
  for (const candidate of candidates) {
    const works = await run(candidate, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).then(
      () => true,
      () => false,
    );
    if (works) return candidate;
  }
  throw new Error('needs Python 3.10 or newer as python3');
}

/** Runs a program whose output goes to our stderr. */
function run(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  return new Promise((resolve, reject) => {
    child.on('error', cause =>
      reject(new Error(`${program} cannot be started: ${cause.message}`, { cause })),
    );
    child.on('close', code => {
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `${program} ${args.slice(0, 3).join(' ')} failed: ${said.trim().split('\n').at(-1) ?? ''}`,
          ),
        );
    });
  });
}
