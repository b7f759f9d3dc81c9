import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@capsnet/workspace/packages';

/**
 * A package whose tests are tried.
 * @typedef {object} Subject
 * @property {string} folder
 * @property {readonly Stage[]} stages  in their order, quick ones first; what one kills, the next need not
 *
 * Some of its tests: arguments of Vitest. Only those that import the mutant are run, unless the program is built with it.
 * @typedef {object} Stage
 * @property {readonly string[]} args
 * @property {boolean} [built]
 */

/** @type {Readonly<Record<string, Subject>>} */
export const subjects = {
  core: {
    folder: join(root, 'packages', 'core'),
    stages: [{ args: ['--project=cpu'] }, { args: ['--project=wasm'] }],
  },
  trainer: {
    folder: join(root, 'packages', 'trainer'),
    // Checkpoints of a page are written in a browser alone.
    stages: [{ args: ['--project=cpu'] }, { args: ['--project=webgl'] }],
  },
  train: {
    folder: join(root, 'apps', 'train'),
    stages: [{ args: [] }, { args: ['test/'], built: true }],
  },
};

/**
 * @param {Subject} subject
 * @returns {string[]} its modules, from the folder `src` on
 */
export function modulesOf({ folder }) {
  return readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(file => /\.ts$/.test(file) && !/\.(test|d)\.ts$|^(index|node|browser)\.ts$/.test(file))
    .map(file => join('src', file))
    .sort();
}
