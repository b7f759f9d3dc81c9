import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutantVariable } from './mutant-plugin.mjs';

/** @import { Stage, Subject } from './subjects.mjs' */

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const config = fileURLToPath(new URL('../vitest.mutant.config.mjs', import.meta.url));

/**
 * Runs the tests of one stage with a mutant in place.
 *
 * @param {Subject} subject
 * @param {Stage} stage
 * @param {{ file: string, text: string } | undefined} mutant  undefined for the program as it is
 * @param {number} limit  seconds, after which a mutant counts as noticed: it may run for ever
 * @returns {Promise<boolean>} whether all tests passed
 */
export async function passes({ folder }, { args, built = false }, mutant, limit) {
  const place = mkdtempSync(join(tmpdir(), 'capsnet-mutant-'));
  const env = { ...process.env };
  try {
    if (mutant !== undefined) {
      env[mutantVariable] = join(place, 'mutant.json');
      writeFileSync(env[mutantVariable], JSON.stringify(mutant));
    }
    if (built) {
      env.CAPSNET_PROGRAM = await buildProgram(folder, env);
      if (env.CAPSNET_PROGRAM === undefined) return false;
    }
    const related = mutant !== undefined && !built ? ['related', mutant.file, '--run'] : ['run'];
    const options = ['--config', config, '--bail=1', '--passWithNoTests'];
    return await succeeds([vitest, ...related, ...options, ...args], folder, env, limit);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/**
 * Builds the program with its mutant beside the one that is there.
 *
 * @param {string} folder
 * @param {NodeJS.ProcessEnv} env
 */
async function buildProgram(folder, env) {
  const tsdown = join(folder, 'node_modules', 'tsdown', 'dist', 'run.mjs');
  const mutated = fileURLToPath(new URL('../tsdown.mutant.config.mjs', import.meta.url));
  const done = await succeeds([tsdown, '--config', mutated], folder, env, 120);
  return done ? join(folder, 'dist-mutant', 'cli.js') : undefined;
}

/**
 * @param {readonly string[]} args  of Node
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} env
 * @param {number} limit  seconds
 * @returns {Promise<boolean>}
 */
function succeeds(args, cwd, env, limit) {
  // A group of its own, so that what it started ends with it.
  const child = spawn(process.execPath, args, { cwd, env, stdio: 'ignore', detached: true });
  const stop = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), 1000 * limit);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', code => {
      clearTimeout(stop);
      resolve(code === 0);
    });
  });
}
