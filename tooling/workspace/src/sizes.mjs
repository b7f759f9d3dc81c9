import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, workspacePackages } from './packages.mjs';

/**
 * How large a package is.
 * @typedef {object} Size
 * @property {number} lines       of its sources, tests not counted
 * @property {number} [kilobytes] of the file that a release publishes; not there for what is not published or not built
 *
 * What sizes are compared with: the file `sizes.json`, which a release and `npm run sizes` write.
 * @typedef {object} Record
 * @property {string} since  the day
 * @property {{ [name: string]: Size }} packages
 */

const record = join(root, 'tooling', 'workspace', 'sizes.json');

const isModule = /(?<!\.d)\.(m?ts|tsx|mjs|vue)$/;
const isTest = /\.test\.tsx?$/;

/**
 * The modules below a folder, tests and declarations not counted.
 *
 * @param {string} folder
 * @returns {string[]} their paths from there, with forward slashes
 */
export function modulesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => isModule.test(file) && !isTest.test(file))
    .map(file => file.replaceAll('\\', '/'));
}

/**
 * @param {string} folder  with sources
 * @returns {number}
 */
export function linesBelow(folder) {
  return modulesBelow(folder)
    .map(file => readFileSync(join(folder, file), 'utf8').split('\n').length - 1)
    .reduce((sum, lines) => sum + lines, 0);
}

/**
 * Measures all packages as they are in the working tree, and as they are built.
 * @returns {Record['packages']}
 */
export function measure() {
  const packages = workspacePackages();
  const packed = packedKilobytes(
    packages
      .filter(({ folder, manifest }) => !manifest.private && existsSync(join(root, folder, 'dist')))
      .map(({ folder }) => folder),
  );
  return Object.fromEntries(
    packages
      .map(({ folder, manifest: { name } }) => {
        const kilobytes = packed[name];
        const lines = linesBelow(join(root, folder, 'src'));
        return /** @type {const} */ ([name, { lines, ...(kilobytes !== undefined && { kilobytes }) }]);
      })
      .filter(([, { lines }]) => lines > 0),
  );
}

/**
 * @param {readonly string[]} folders  of packages
 * @returns {{ [name: string]: number }}
 */
function packedKilobytes(folders) {
  if (folders.length === 0) return {};
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', ...folders.map(folder => `./${folder}`)];
  const { status, stdout } = spawnSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  /** @type {{ name: string, size: number }[]} */
  const files = status === 0 ? JSON.parse(stdout) : [];
  return Object.fromEntries(files.map(({ name, size }) => [name, Math.round(size / 100) / 10]));
}

/**
 * The table that `npm test` prints, and its line about what changes are counted from.
 *
 * @param {Record['packages']} now
 * @param {Record} before
 * @returns {string[]}
 */
export function sizeLines(now, before) {
  const width = Math.max(...Object.keys(now).map(name => name.length));
  return [
    `${'size'.padEnd(width)}  ${'source lines'.padStart(18)}  ${'packed kB'.padStart(18)}  (changed since ${before.since})`,
    ...Object.entries(now).map(([name, { lines, kilobytes }]) => {
      const earlier = before.packages[name];
      const cells = [withChange(lines, earlier?.lines), withChange(kilobytes, earlier?.kilobytes)];
      return `${name.padEnd(width)}  ${cells.map(cell => cell.padStart(18)).join('  ')}`.trimEnd();
    }),
  ];
}

/** @param {number | undefined} now @param {number | undefined} before */
function withChange(now, before) {
  if (now === undefined) return '';
  const shown = now.toLocaleString('en-US');
  if (before === undefined) return `${shown} (new)`;
  const change = Math.round(10 * (now - before)) / 10;
  return change === 0 ? shown : `${shown} (${change > 0 ? '+' : ''}${change.toLocaleString('en-US')})`;
}

/** @returns {Record} */
export function readRecord() {
  return JSON.parse(readFileSync(record, 'utf8'));
}

export function writeRecord() {
  const since = new Date().toISOString().slice(0, 10);
  writeFileSync(record, `${JSON.stringify({ since, packages: measure() }, null, 2)}\n`);
}
