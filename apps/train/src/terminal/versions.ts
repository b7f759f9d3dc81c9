import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs-core';

const { version: ownVersion } = createRequire(import.meta.url)('../package.json') as { version: string };

export const version = ownVersion;

export function versions(): Record<string, string> {
  return { capsnet: version, tfjs: tf.version_core, node: process.versions.node };
}

/** The commit of the checkout that the command runs in, with `-dirty` when there are changes; undefined outside one. */
export function commit(): string | undefined {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}
