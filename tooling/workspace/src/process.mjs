import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root, rootPackage } from './packages.mjs';

/**
 * Runs a program on our terminal and waits for it.
 *
 * Ctrl-C reaches the child from the terminal, which signals the whole process group; we stay until it has ended, so
 * that it can write its checkpoint. Without a terminal, and for the other signals, we pass them on.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options] `env` is added to our own environment
 * @returns {Promise<number>} its exit code; 128 + n when signal n ended it
 */
export function run(program, args, { cwd = root, env = {} } = {}) {
  const options = { cwd, env: { ...process.env, ...env }, stdio: /** @type {const} */ ('inherit') };
  // On Windows npm and npx are .cmd files, which only a shell can start. Their arguments here are without spaces.
  const child =
    process.platform === 'win32' && /^np[mx]$/.test(program)
      ? spawn([program, ...args].join(' '), { ...options, shell: true })
      : spawn(program, args, options);

  /** @param {NodeJS.Signals} signal */
  const pass = signal => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, pass);

  return new Promise((resolve, reject) => {
    child.on('error', cause =>
      reject(new Error(`${program} cannot be started: ${cause.message}`, { cause })),
    );
    child.on('exit', (code, signal) => {
      for (const name of signals) process.off(name, pass);
      resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM']);
    });
  });
}

/**
 * Runs a command that finds pnpm on its PATH, as turbo needs it. npx keeps that pnpm in npm's cache.
 *
 * @param {readonly string[]} command
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function runWithPnpm(command, options) {
  const npx = ['--yes', '--loglevel=error', `--package=${rootPackage().packageManager}`, '--', ...command];
  return run('npx', npx, options);
}

/**
 * @param {readonly string[]} args after `turbo run`
 * @param {NodeJS.ProcessEnv} [env]
 */
export function turbo(args, env = {}) {
  const quiet = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
  return runWithPnpm(['node', 'node_modules/turbo/bin/turbo', 'run', ...args], { env: { ...quiet, ...env } });
}
