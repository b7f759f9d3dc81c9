import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';

/** The folder of this package, whether it runs from its sources or as one file. */
const folder = (function above(start: string): string {
  return existsSync(join(start, 'package.json')) ? start : above(dirname(start));
})(import.meta.dirname);

export const { version } = readPackage(folder);

export function versions(): Record<string, string> {
  return { capsnet: version, tfjs: tf.version_core, node: process.versions.node };
}

/**
 * The commit of the checkout of capsnet that is running, with `-dirty` when its files were changed. Undefined for an installed
 * capsnet, which its version identifies, whatever repository it was installed or is called in.
 */
export function commit(): string | undefined {
  const checkout = join(folder, '../..');
  try {
    if (readPackage(checkout).name !== 'capsnet-workspace') return undefined;
    // Without the programs that a repository's settings can name.
    const safely = ['-c', 'core.fsmonitor=false', '-c', `core.hooksPath=${devNull}`];
    const describe = ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'];
    return execFileSync('git', [...safely, ...describe], {
      cwd: checkout,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

function readPackage(folder: string): { readonly name: string; readonly version: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
