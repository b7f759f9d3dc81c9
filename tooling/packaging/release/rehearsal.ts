import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '@capsnet/workspace/packages';
import { runWithPnpm } from '@capsnet/workspace/process';

/** The repository that the rehearsed packages say they come from. */
export const repository = 'someone/capsnet';

/**
 * Copies the checkout as it is, with what is not committed yet, into a repository of its own and installs it.
 *
 * @param folder does not exist yet
 */
export async function copyCheckout(folder: string): Promise<void> {
  const files = git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0');
  for (const file of files.filter(name => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(root, file), join(folder, file));
  }
  git(folder, 'init', '--quiet', '--initial-branch=main');
  const settings = { 'user.name': 'capsnet', 'user.email': 'capsnet@example.org', 'commit.gpgSign': 'false' };
  for (const [name, value] of Object.entries(settings)) git(folder, 'config', name, value);
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '--no-verify', '--message=The checkout');
  await withPnpm(folder, ['pnpm', 'install', '--frozen-lockfile', '--prefer-offline']);
}

/** Turns the changesets into versions and changelogs, as the release workflow does, and lints the result. */
export async function versionPackages(folder: string): Promise<void> {
  await withPnpm(folder, ['npm', 'run', 'version-packages']);
  await withPnpm(folder, ['npm', 'run', 'lint']);
}

/** Builds and publishes all packages, as the release workflow does. */
export async function publishPackages(folder: string, registry: string): Promise<void> {
  // The registry lets everyone in, but npm does not knock without a token.
  writeFileSync(join(folder, '.npmrc'), `${registry.replace('http:', '')}:_authToken=none\n`);
  await withPnpm(folder, ['npm', 'run', 'release', `--registry=${registry}`], {
    GITHUB_REPOSITORY: repository,
  });
}

/** @throws Error when git fails, with its message */
export function git(folder: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args[0]} ended with ${status}: ${stderr}`);
  return stdout;
}

async function withPnpm(cwd: string, command: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const code = await runWithPnpm(command, { cwd, env });
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}`);
}
