import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, rootPackage, workspacePackages } from './packages.mjs';
import { run, runWithPnpm } from './process.mjs';

/** Ends the process with one line when this Node is too old for the workspace's tools. */
export function requireNode() {
  const wanted = rootPackage().engines.node.replace('>=', '');
  const [major = 0, minor = 0] = wanted.split('.').map(Number);
  const [ourMajor = 0, ourMinor = 0] = process.versions.node.split('.').map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return;
  console.error(
    `capsnet needs Node ${wanted} or newer, and this is Node ${process.versions.node}: see nodejs.org`,
  );
  process.exit(1);
}

/**
 * Installs what the lockfile says, unless the last install did.
 * @returns {Promise<number>} exit code
 */
export async function install() {
  const stamp = join(root, 'node_modules', '.capsnet-installed');
  const wanted = installationDigest();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return 0;
  console.log(`Installing with ${rootPackage().packageManager} ...`);
  const code = await runWithPnpm(['pnpm', 'install', '--frozen-lockfile']);
  if (code === 0) writeFileSync(stamp, wanted);
  return code;
}

/** Provides the native backend if it can be had here; says so in one line if not, and never fails. */
export async function provideNative() {
  await run(process.execPath, [join('packages', 'backend', 'bin', 'capsnet-native.js'), 'install']);
}

/** A digest of everything that decides what an install puts into node_modules. */
function installationDigest() {
  const hash = createHash('sha256').update(process.version);
  const manifests = workspacePackages().map(({ folder }) => `${folder}/package.json`);
  for (const file of ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml', ...manifests]) {
    hash.update(`\n${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}
