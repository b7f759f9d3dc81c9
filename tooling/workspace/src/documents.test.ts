import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { root, workspacePackages } from './packages.mjs';

// The pages of the tutorial have a check of their own, when the site is built.

const folders = ['.', 'docs', ...workspacePackages().map(({ folder }) => folder)];
const documents = folders.flatMap(folder =>
  readdirSync(join(root, folder))
    .filter(file => file.endsWith('.md'))
    .map(file => join(folder, file)),
);

it.each(documents)('what %s links to is there', document => {
  const text = readFileSync(join(root, document), 'utf8');
  const targets = Array.from(text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g), ([, target]) => target!);
  const missing = targets.filter(
    target => !/^\w+:/.test(target) && !existsSync(join(root, dirname(document), target)),
  );
  expect(missing).toEqual([]);
});

it('every name after npx is that of a package of ours, or of one that the workspace has', () => {
  // npx fetches what is not installed: a name that nobody has is one that a stranger can take.
  const catalog = readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8');
  const known = [
    ...workspacePackages().flatMap(({ manifest }) => (manifest.private ? [] : manifest.name)),
    ...Array.from(catalog.matchAll(/^ {2}'?([@\w/-]+)'?: /gm), ([, name]) => name!),
    'pnpm',
    'sirv-cli',
  ];
  const files = ['README.md', 'CONTRIBUTING.md', 'docs', 'packages', 'apps', 'examples', 'tooling'].flatMap(
    filesIn,
  );
  const found = files.flatMap(file =>
    Array.from(
      readFileSync(join(root, file), 'utf8').matchAll(/(?<=^ *|[`'"]|run )npx (?:--package )?(@?[\w/-]+)/gm),
      ([command, name]) => ({ file, command, name: name! }),
    ),
  );
  expect(found.length).toBeGreaterThan(20);
  expect(found.filter(({ name }) => !known.includes(name))).toEqual([]);
});

/** Texts that people read, and sources with messages, that git knows. */
function filesIn(path: string): string[] {
  const { stdout } = spawnSync('git', ['ls-files', path], { cwd: root, encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter(file => /\.(md|ts|mjs|js|html)$/.test(file) && existsSync(join(root, file)));
}

it('docs/architecture.md has the folders that are there', () => {
  const text = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const tables = Array.from(text.matchAll(/^`(\S+\/src)`\n\n((?:\|.*\n)+)/gm), ([, source, table]) => {
    const cells = Array.from(table!.matchAll(/^\| (`[^|]+) \|/gm), ([, cell]) => cell!);
    const named = cells.flatMap(cell => Array.from(cell.matchAll(/`([^`]+)`/g), ([, name]) => name!));
    return [source!, named.sort()] as const;
  });
  const found = tables.map(([source]) => {
    const entries = readdirSync(join(root, source), { withFileTypes: true });
    return [source, entries.flatMap(entry => (entry.isDirectory() ? [entry.name] : [])).sort()];
  });
  expect(tables.length).toBeGreaterThan(3);
  expect(tables).toEqual(found);
});
