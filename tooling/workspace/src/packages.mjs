import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Folders of packages, as in pnpm-workspace.yaml. */
const groups = ['packages', 'apps', 'tooling'];

/**
 * What we read of a package.json.
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {string} [packageManager]
 * @property {{ node: string }} [engines]
 * @property {Record<string, unknown>} [exports]
 * @property {Record<string, string>} [bin]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [optionalDependencies]
 * @property {Record<string, string>} [peerDependencies]
 * @property {Record<string, { optional?: boolean }>} [peerDependenciesMeta]
 * @property {Record<string, string>} [devDependencies]
 */

/** @returns {Manifest & { packageManager: string, engines: { node: string } }} */
export function rootPackage() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

/**
 * All packages of the workspace.
 * @returns {{ folder: string, manifest: Manifest }[]} `folder` is relative to the root, with forward slashes
 */
export function workspacePackages() {
  return groups
    .filter(group => existsSync(join(root, group)))
    .flatMap(group => readdirSync(join(root, group)).map(name => `${group}/${name}`))
    .concat('examples')
    .filter(folder => existsSync(join(root, folder, 'package.json')))
    .map(folder => ({
      folder,
      manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
    }));
}
